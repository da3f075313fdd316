import { expect, test } from 'vitest';
import { findHeadInput } from '../../../../../src/core/onnx/residual/head-input.ts';
import { instrument } from '../../../../../src/core/onnx/instrument.ts';
import { mapResidualStream } from '../../../../../src/core/onnx/residual/map-residual-stream.ts';
import { readModel, writeModel } from '../../../../../src/core/onnx/graph/onnx-model.ts';
import { HumanError } from '../../../../../src/core/problem.ts';
import { tinyBytes } from '../tiny-bytes.ts';

const file = 'model.onnx';
const gpt2 = tinyBytes('architectures/gpt2/optimum');

test.each(['llama-int4', 'gemma2-fp32', 'architectures/neox/optimum', 'architectures/bloom/optimum'])(
  'the head of %s takes the last residual',
  (name) => {
    const model = readModel(tinyBytes(name), file);
    const { last } = mapResidualStream(model);
    expect(findHeadInput(model.graph, last)).toBe(last);
  },
);

test("GPT-2's head takes what was laid out by the shape of input_ids", () => {
  const model = readModel(gpt2, file);
  const head = findHeadInput(model.graph, mapResidualStream(model).last);
  const maker = model.graph.node.find(({ output }) => output[0] === head);
  expect(maker?.opType).toBe('Reshape');
  expect(model.graph.node.filter(({ input }) => input.includes(head as string)).map(({ opType }) => opType)).toEqual([
    'MatMul',
  ]);
});

test('a head that needs all positions is refused by name before anything runs', () => {
  const model = readModel(gpt2, file);
  const head = findHeadInput(model.graph, mapResidualStream(model).last);
  const reshape = model.graph.node.find(({ output }) => output[0] === head)!;
  // Laid out by two sizes only, its positions would stand one after another.
  model.graph.node.find(({ output }) => output[0] === reshape.input[1])!.input.shift();
  const bytes = writeModel(model);
  const edit = (): unknown => instrument(bytes, file, { steered: [0], taps: [], logits: 'last', cache: true });
  expect(edit).toThrow(HumanError);
  expect(edit).toThrow(`${reshape.name} above the last block reads the model's inputs`);
  expect(() => instrument(bytes, file, { steered: [0], taps: [], logits: 'all', cache: true })).not.toThrow();
});
