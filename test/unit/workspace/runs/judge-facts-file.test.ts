import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import measure from '../../../../src/core/judge/measured.json' with { type: 'json' };
import { readJudgeFacts } from '../../../../src/workspace/runs/judge-facts-file.ts';

let run: string;
beforeEach(async () => (run = await mkdtemp(join(tmpdir(), 'alphasteer-judge-'))));
afterEach(() => rm(run, { recursive: true }));

test('reads what compare wrote of the judge', async () => {
  const facts = { version: 3, sha256: 'abcdef0123456789', measure };
  await writeFile(join(run, 'judge.json'), JSON.stringify(facts));
  expect(await readJudgeFacts(run)).toEqual(facts);
});

test('a file that was cut off is an error in words', async () => {
  await writeFile(join(run, 'judge.json'), '{"version": 1');
  await expect(readJudgeFacts(run)).rejects.toMatchObject({ problem: { file: join(run, 'judge.json') } });
});

test('a run without the file, or with another form of it, has none', async () => {
  expect(await readJudgeFacts(run)).toBeUndefined();
  await writeFile(join(run, 'judge.json'), '{"version": 1}');
  expect(await readJudgeFacts(run)).toBeUndefined();
});
