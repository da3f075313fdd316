import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadWorkspace } from '../../../src/workspace/load-workspace.ts';

test('prompt files of 150,000 rows are read, and as many rows of one that are bad are told', async () => {
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-rows-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const rows = Array.from({ length: 150_000 }, (_, i) => i);
  const lines = (row: (i: number) => object): string => rows.map((i) => `${JSON.stringify(row(i))}\n`).join('');
  writeFileSync(
    join(root, 'benign.jsonl'),
    lines((i) => ({ id: `b${i}`, prompt: `Question ${i}`, label: 'benign' })),
  );
  writeFileSync(
    join(root, 'bad.jsonl'),
    lines((i) => ({ id: `x${i}` })),
  );
  const prompts = { fit: [{ files: 'benign.jsonl' }], evaluate: [{ files: 'bad.jsonl', label: 'benign' }] };
  writeFileSync(join(root, 'alphasteer.json'), JSON.stringify({ model: 'model', prompts }));
  const { fit, evaluate, problems } = await loadWorkspace(root, () => undefined);
  expect([fit.length, evaluate.length]).toEqual([rows.length, 0]);
  expect(problems.length).toBeGreaterThanOrEqual(rows.length);
});
