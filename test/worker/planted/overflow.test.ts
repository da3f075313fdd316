import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { externalPlace } from '../../../src/core/onnx/graph/external-data.ts';
import { readModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { alphasteer, problemsOf } from '../alphasteer.ts';
import { tinyModels } from '../onnx/tiny-model.ts';
import { tinyWorkspace } from '../tiny-workspace.ts';

/** The largest f16, 65504. */
const largest = 0x7bff;

/** A workspace whose f16 model's stream overflows in block 1: what that block's MLP adds to it is as large as f16 can be. */
function overflowing(): string {
  const root = tinyWorkspace();
  const from = join(tinyModels, 'llama-fp16');
  const model = readModel(readFileSync(join(from, 'model.onnx')), 'model.onnx');
  const weights = readFileSync(join(from, 'model.onnx.data'));
  const tensor = model.graph.initializer.find(({ name }) => name === 'model.layers.1.mlp.down_proj.MatMul.weight');
  const { offset, length } = externalPlace('model.onnx', tensor!)!;
  new Uint16Array(weights.buffer, weights.byteOffset + offset, length / 2).fill(largest);
  writeFileSync(join(root, 'model/model_fp16.onnx'), readFileSync(join(from, 'model.onnx')));
  writeFileSync(join(root, 'model/model.onnx.data'), weights);
  return root;
}

const message = (layer: number): RegExp =>
  new RegExp(
    `The activations of layer ${layer} are not finite numbers \\((-?Infinity|NaN)\\): they are too large for f16\\. Use weights that compute in f32`,
  );

test('an f16 model whose stream overflows in block 1 is stopped with layer 2, the first that reads it', () => {
  const root = overflowing();
  const read = (layers: string): string[] =>
    problemsOf(
      alphasteer(
        'activations',
        join(root, 'benign.jsonl'),
        '--workspace',
        root,
        '--dtype',
        'fp16',
        '--layers',
        layers,
        '--out',
        join(root, 'a.safetensors'),
      ),
    );
  expect(read('1,2')).toEqual([expect.stringMatching(message(2))]);
  expect(read('1')).toEqual([]);
});

test('a fit on it is stopped at the first labels, before anything of it is kept', () => {
  const root = overflowing();
  const fit = alphasteer('fit', root, '--dtype', 'fp16');
  expect(problemsOf(fit)).toContainEqual(expect.stringMatching(message(2)));
  expect(fit.status).toBe(1);
  const cache = join(root, '.alphasteer/cache');
  const kept = readdirSync(cache).filter((name) => readFileSync(join(cache, name), 'utf8') !== '');
  expect(kept).toEqual([]);
});

test('where it overflows above the layers of a fit, the logits say so: each reply would be the first token over and over', () => {
  const fit = alphasteer('fit', overflowing(), '--dtype', 'fp16', '--layers', '1');
  expect(problemsOf(fit)).toContainEqual(
    expect.stringMatching(
      /The logits of a reply are not finite numbers \(NaN\): they are too large for f16\. Use weights/,
    ),
  );
  expect(fit.status).toBe(1);
});
