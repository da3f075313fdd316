import { expect, test } from 'vitest';
import { requireFinite, requireFiniteLogits } from '../../../../src/worker/session/require-finite.ts';

const model = (dtype: 'fp16' | 'q4') => ({ hiddenSize: 2, folder: { graph: 'model.onnx', dtype } });

test('activations that overflowed f16 name their layer and weights that compute in f32', () => {
  expect(() => {
    requireFinite(Float32Array.of(1, 2, 3, Infinity), [4, 9], model('fp16'));
  }).toThrow(
    'model.onnx: The activations of layer 9 are not finite numbers (Infinity): they are too large for f16. Use weights that compute in f32: --dtype q4 or fp32.',
  );
});

test('others that are not finite are told without a guess at f16, and finite ones pass', () => {
  expect(() => {
    requireFinite(Float32Array.of(NaN, 2), [4], model('q4'));
  }).toThrow('The activations of layer 4 are not finite numbers (NaN). Download');
  requireFinite(Float32Array.of(65504, -1), [4], model('fp16'));
});

test('logits of which one row is no number are refused, f16 being named as the cause where it can be', () => {
  const check =
    (dtype: 'fp16' | 'q4', ...logits: number[]) =>
    (): void => {
      requireFiniteLogits(Float32Array.from(logits), model(dtype).folder);
    };
  expect(check('fp16', 3, NaN)).toThrow('model.onnx: The logits of a reply are not finite numbers (NaN): they are too');
  expect(check('q4', -Infinity)).toThrow('The logits of a reply are not finite numbers (-Infinity). Download');
  expect(check('fp16', 65504, -1)).not.toThrow();
});

test('where a prompt is steered, the strength is named as a cause', () => {
  const check = (dtype: 'fp16' | 'q4') => (): void => {
    requireFinite(Float32Array.of(1, NaN), [4], model(dtype), true);
  };
  expect(check('fp16')).toThrow('too large for f16. Use weights that compute in f32: --dtype q4 or fp32, or a smaller');
  expect(check('q4')).toThrow('(NaN): the steering is too strong. Use a smaller --strength.');
});
