import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alphasteer, problemsOf } from './alphasteer.ts';
import { tinyWorkspace } from './tiny-workspace.ts';

test('export --to onnx writes a folder that opens as a model', () => {
  const root = tinyWorkspace({ fit: { threshold: 'none' } });
  const { run } = JSON.parse(alphasteer('fit', root, '--json').stdout) as { run: string };
  const out = join(root, 'steered');
  expect(problemsOf(alphasteer('export', run, '--to', 'onnx', '--workspace', root, '--out', out))).toEqual([]);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(['config.json', 'tokenizer.json']));
  const inspected = alphasteer('inspect', out, '--json');
  expect(JSON.parse(inspected.stdout)).toMatchObject({ layers: 3, hiddenSize: 64 });
});
