import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { computesInF32 } from '../../../../src/core/onnx/computes-in-f32.ts';
import { readModel } from '../../../../src/core/onnx/graph/onnx-model.ts';

const tiny = join(import.meta.dirname, '../../../fixtures/tiny-models');

test.each([
  ['llama-fp32/model.onnx', true],
  ['llama-fp16/model.onnx', false],
  ['llama-int4/model.onnx', false],
  ['architectures/llama/optimum/model_q4.onnx', true],
  ['architectures/llama/optimum/model_quantized.onnx', false],
])('%s: %s', (name, inF32) => {
  expect(computesInF32(readModel(readFileSync(join(tiny, name)), name))).toBe(inF32);
});
