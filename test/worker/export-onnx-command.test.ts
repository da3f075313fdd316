import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { InspectResult } from '../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf } from './alphasteer.ts';
import { readLines, tinyWorkspace } from './tiny-workspace.ts';

/** The tiny workspace with a model as optimum 1.13 exported it: one file that holds its graph twice. */
function mergedWorkspace(): string {
  const root = tinyWorkspace({ fit: { layers: [0, 1], ridge: 10, threshold: 'none' } });
  const model = join(root, 'model');
  for (const name of ['model.onnx', 'model.onnx.data']) rmSync(join(model, name));
  const merged = join(import.meta.dirname, '../fixtures/tiny-models/merged/llama/decoder_model_merged.onnx');
  cpSync(merged, join(model, 'decoder_model_merged.onnx'));
  const config = JSON.parse(readFileSync(join(model, 'config.json'), 'utf8')) as object;
  const sizes = { hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 2, num_key_value_heads: 2 };
  writeFileSync(join(model, 'config.json'), JSON.stringify({ ...config, ...sizes }));
  return root;
}

test('a merged model is fitted, compared and exported as one', () => {
  const root = mergedWorkspace();
  const inspected = JSON.parse(alphasteer('inspect', join(root, 'model'), '--json').stdout) as InspectResult;
  expect(inspected).toMatchObject({ layers: 2, layout: 'decomposed' });
  expect(inspected.strengthZero.map(({ step, equal }) => [step, equal])).toEqual(
    Array<unknown>(3).fill(['prefill', true]),
  );
  const fitted = alphasteer('fit', root, '--json');
  expect(problemsOf(fitted).filter((problem) => !problem.startsWith('warning: '))).toEqual([]);
  const { run } = JSON.parse(fitted.stdout) as { run: string };
  expect(problemsOf(alphasteer('compare', root))).toEqual([]);
  const replies = readLines(join(run, 'replies.jsonl')).filter(({ condition }) => condition === 'steered');
  expect(replies.length).toBeGreaterThanOrEqual(24);
  const out = join(root, 'steered');
  expect(problemsOf(alphasteer('export', run, '--to', 'onnx', '--workspace', root, '--out', out))).toEqual([]);
  expect(problemsOf(alphasteer('inspect', out))[0]).toContain('was exported with its steering inside');
});

test('export --to onnx writes a folder that opens as a model', () => {
  const root = tinyWorkspace({ fit: { threshold: 'none' } });
  const { run } = JSON.parse(alphasteer('fit', root, '--json').stdout) as { run: string };
  const out = join(root, 'steered');
  expect(problemsOf(alphasteer('export', run, '--to', 'onnx', '--workspace', root, '--out', out))).toEqual([]);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(['config.json', 'tokenizer.json']));
  const inspected = alphasteer('inspect', out, '--json');
  expect(JSON.parse(inspected.stdout)).toMatchObject({ layers: 3, hiddenSize: 64 });
});

test('an export leaves every file with one link, in the model too, and says what it is', () => {
  const root = tinyWorkspace({ fit: { threshold: 'none' } });
  writeFileSync(join(root, 'model', 'README.md'), 'The base model.');
  const { run } = JSON.parse(alphasteer('fit', root, '--json').stdout) as { run: string };
  const out = join(root, 'steered');
  expect(problemsOf(alphasteer('export', run, '--to', 'onnx', '--workspace', root, '--out', out))).toEqual([]);
  for (const folder of [out, join(root, 'model')]) {
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).nlink, name).toBe(1);
  }
  const { model } = JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8')) as { model: { fingerprint: string } };
  const text = readFileSync(join(out, 'README.md'), 'utf8');
  expect(text).toContain(model.fingerprint);
  expect(text).not.toContain(root);
  expect(readFileSync(join(out, 'README.base-model.md'), 'utf8')).toBe('The base model.');
});
