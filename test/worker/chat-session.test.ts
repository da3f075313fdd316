import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RawReply } from '../../src/worker/session/raw-reply.ts';
import { openModel } from '../../src/worker/model/model.ts';
import { openChatSession } from '../../src/worker/session/model-session.ts';
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

test('more rows than there are places: each comes in as another leaves, is handed over as it ends, and replies as in company of one', async () => {
  const path = join(tinyWorkspace(), 'model');
  const model = await openModel({ path, dtype: 'fp32', device: 'cpu', threads: 1 });
  const session = await openChatSession(model, [1], [1]);
  const words = ['bake', 'dife', 'gula', 'mela', 'riru', 'posa', 'sa', 'te', 'vi', 'zo'];
  const rows = Array.from({ length: 150 }, (_, i) => ({
    ids: model.tokenizer.encode([i, i + 1, i + 2].map((at) => words[(at * (1 + (i % 7))) % 10]!).join(' ')).ids,
    strength: 0,
  }));
  const most = (row: number): number => 1 + ((row * 5) % 17);
  const order: string[] = [];
  const replies: (readonly number[])[] = [];
  const options = {
    maxNewTokens: 17,
    endTokens: new Set<number>(),
    onToken: (row: number) => void order.push(`${row} goes on`),
    isEnough: (row: number, { length }: readonly number[]) => length === most(row),
  };
  const [batch] = session.batches(rows, 17);
  expect(batch!.toSorted((a, b) => a - b)).toEqual([...rows.keys()]);
  for await (const finished of session.replies(rows, options, unwatched))
    for (const { row, reply } of finished) {
      order.push(`${row} ends`);
      replies[row] = reply.tokens;
    }

  expect(replies.map(({ length }) => length)).toEqual(rows.map((_, row) => most(row)));
  for (const row of rows.keys()) expect(order.lastIndexOf(`${row} goes on`)).toBeLessThan(order.indexOf(`${row} ends`));
  const longest = [...rows.keys()].findLast((row) => row < 64 && most(row) === 17)!;
  expect(order.indexOf('64 goes on')).toBeLessThan(order.indexOf(`${longest} ends`));
  for (const row of [0, 63, 64, 100, 149]) {
    const pair = await session.reply([rows[row]!, rows[1]!], { maxNewTokens: 17, endTokens: new Set() }, unwatched);
    expect(replies[row]).toEqual(pair[0]!.tokens.slice(0, most(row)));
  }
  await session.release();
});

test("each row's first logits are its own, whatever size of vocabulary config.json names", async () => {
  const path = join(tinyWorkspace(), 'model');
  const firstLogits = async (): Promise<number[][]> => {
    const model = await openModel({ path, dtype: 'fp32', device: 'cpu', threads: 1 });
    const session = await openChatSession(model, [1], [1]);
    const rows = ['bake dife', 'gula mela riru'].map((text) => ({
      ids: model.tokenizer.encode(text).ids,
      strength: 0,
    }));
    const logits: number[][] = [];
    const onFirstLogits = (row: number, values: Float32Array): void => void (logits[row] = [...values]);
    await session.reply(rows, { maxNewTokens: 1, endTokens: new Set(), onFirstLogits }, unwatched);
    await session.release();
    return logits;
  };
  const own = await firstLogits();
  expect(own.map(({ length }) => length)).toEqual([192, 192]);
  const file = join(path, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, vocab_size: 160 }));
  expect(await firstLogits()).toEqual(own);
});

test("a model whose files are symbolic links, as in Hugging Face's cache, replies as the files do", async () => {
  const path = join(tinyWorkspace(), 'model');
  const replies = async (): Promise<readonly number[]> => {
    const model = await openModel({ path, dtype: 'fp32', device: 'cpu', threads: 1 });
    const session = await openChatSession(model, [1], [1]);
    const row = { ids: model.tokenizer.encode('bake dife').ids, strength: 0 };
    const [reply] = await session.reply([row], { maxNewTokens: 6, endTokens: new Set() }, unwatched);
    await session.release();
    return reply!.tokens;
  };
  const own = await replies();
  mkdirSync(join(path, '../blobs'));
  for (const [i, name] of readdirSync(path).entries()) {
    renameSync(join(path, name), join(path, '../blobs', String(i)));
    symlinkSync(`../blobs/${i}`, join(path, name));
  }
  expect(await replies()).toEqual(own);
});
