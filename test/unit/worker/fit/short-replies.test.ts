import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { shortReplies, type LabelContext } from '../../../../src/worker/fit/short-replies.ts';

const nothing = (): void => undefined;

/** What labels are made with where all of them are there already. */
const known: LabelContext = {
  model: { tokenizer: { endTokens: new Set(), decode: () => '' } },
  chat: { batches: () => [], replies: () => Promise.reject(new Error('not asked')) as never },
  cache: { put: () => Promise.resolve() },
  job: { progress: nothing, problem: nothing, text: nothing, log: nothing, checkpoint: () => Promise.resolve() },
  judge: (reply) => ({ verdict: reply === 'No.' ? 'refused' : 'complied', span: null, rule: 'no' }),
};

test('labels of before are read, and a line whose hash is none is passed over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-labels-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'labels.jsonl');
  const hash = 'ab'.repeat(32);
  for (const damaged of ['ab', 'xy'.repeat(32)])
    appendFileSync(file, `${JSON.stringify({ hash: damaged, reply: 'Yes.', first: 1 })}\n`);
  appendFileSync(file, `${JSON.stringify({ hash, reply: 'No.', first: 2 })}\n`);
  const replies = await shortReplies(file, [], 4, known);
  expect(replies.get(hash)).toEqual({ verdict: 'refused', first: 2 });
});
