import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { NodeProtoSchema, type GraphProto } from 'onnx-buf';
import { instrument } from '../../../../src/core/onnx/instrument.ts';
import { readModel } from '../../../../src/core/onnx/graph/onnx-model.ts';
import { canPackPrompts } from '../../../../src/core/onnx/pack-prompts.ts';
import { tinyBytes } from './tiny-bytes.ts';

const file = 'model.onnx';
const options = { steered: [], taps: [2], logits: 'none', cache: false } as const;
const llama = tinyBytes('llama-int4');

test('only what lays tokens out in rows is added, around each attention, and what finds the last ones', () => {
  const count = ({ node }: GraphProto): Record<string, number> =>
    Object.fromEntries(
      ['MatMulNBits', 'GroupQueryAttention', 'Squeeze', 'GatherND'].map((type) => [
        type,
        node.filter(({ opType }) => opType === type).length,
      ]),
    );
  const before = readModel(instrument(llama, file, options).bytes, file).graph;
  const edited = instrument(llama, file, { ...options, packed: true });
  const after = readModel(edited.bytes, file).graph;
  expect(edited.packed).toBe(true);
  expect(count(after)).toEqual({ ...count(before), Squeeze: 2 });
  expect(after.input.map(({ name }) => name)).toEqual([
    ...before.input.map(({ name }) => name),
    'packed_rows',
    'packed_places',
  ]);
  expect(after.output.map(({ name }) => name)).toEqual(['residual_taps']);
});

test.each([
  ['another attention', { opType: 'MultiHeadAttention', input: ['input_ids'] }],
  ['a shape taken from the tokens', { opType: 'Shape', input: ['input_ids'] }],
  ['activations quantised over the whole batch', { opType: 'DynamicQuantizeLinear', input: ['input_ids'] }],
])('a graph with %s is not packed', (_, node) => {
  const { graph } = readModel(llama, file);
  expect(canPackPrompts(graph)).toBe(true);
  graph.node.push(create(NodeProtoSchema, { ...node, output: ['more'] }));
  expect(canPackPrompts(graph)).toBe(false);
});

test('a graph whose attention reads a bias is not packed', () => {
  const { graph } = readModel(llama, file);
  const attention = graph.node.find(({ opType }) => opType === 'GroupQueryAttention')!;
  attention.input = [...Array.from({ length: 10 }, (_, i) => attention.input[i] ?? ''), 'attention_mask'];
  expect(canPackPrompts(graph)).toBe(false);
});
