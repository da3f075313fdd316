import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RawReply } from '../../src/worker/chat-session.ts';
import { openModel } from '../../src/worker/model-host.ts';
import { openChatSession } from '../../src/worker/model-session.ts';
import { unwatched } from './agreement/quickstart.ts';
import { tinyWorkspace } from './tiny-workspace.ts';

test('a row that has enough leaves its batch and the others reply as ever; with its last token no row is stopped', async () => {
  const path = join(tinyWorkspace(), 'model');
  const model = await openModel({ path, dtype: 'fp32', device: 'cpu', threads: 1 });
  const session = await openChatSession(model, [1], [1]);
  const rows = ['bake dife', 'gula mela riru', 'posa', 'sa te vi zo', 'nobake'].map((prompt) => ({
    ids: model.tokenizer.encode(prompt).ids,
    strength: 0,
  }));
  const replies = (some: typeof rows, isEnough?: (row: number, tokens: readonly number[]) => boolean) =>
    session.reply(some, { maxNewTokens: 6, endTokens: new Set(), ...(isEnough && { isEnough }) }, unwatched);
  const tokens = (made: readonly RawReply[]): (readonly number[])[] => made.map((one) => one.tokens);

  const whole = await replies(rows);
  expect(whole.map((one) => [one.tokens.length, one.stopped])).toEqual(rows.map(() => [6, false]));
  const some = await replies(rows, (row, { length }) => length === row + 2);
  expect(tokens(some)).toEqual(tokens(whole).map((all, row) => all.slice(0, row + 2)));
  expect(some.map(({ stopped }) => stopped)).toEqual([true, true, true, true, false]);
  const [alone] = await replies([rows[1]!], (row, { length }) => row === 0 && length === 2);
  expect(alone).toMatchObject({ tokens: whole[1]!.tokens.slice(0, 2), stopped: true });
  await session.release();
});
