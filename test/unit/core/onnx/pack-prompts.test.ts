import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { instrument } from '../../../../src/core/onnx/instrument.ts';
import { readModel, writeModel } from '../../../../src/core/onnx/onnx-model.ts';
import { NodeProtoSchema, type GraphProto } from '../../../../src/core/onnx/onnx_pb.ts';
import { packPrompts } from '../../../../src/core/onnx/pack-prompts.ts';
import { tinyBytes } from './tiny-bytes.ts';

const file = 'model.onnx';
const extraction = instrument(tinyBytes('llama-int4'), file, { steered: [], taps: [2], logits: 'none', cache: false });

test('only what lays tokens out in rows is added, around each attention', () => {
  const count = ({ node }: GraphProto): Record<string, number> =>
    Object.fromEntries(
      ['MatMulNBits', 'GroupQueryAttention', 'Squeeze'].map((type) => [
        type,
        node.filter(({ opType }) => opType === type).length,
      ]),
    );
  const before = readModel(extraction.bytes, file).graph;
  const after = readModel(packPrompts(extraction.bytes, file)!, file).graph;
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
  const model = readModel(extraction.bytes, file);
  model.graph.node.push(create(NodeProtoSchema, { ...node, output: ['more'] }));
  expect(packPrompts(writeModel(model), file)).toBeUndefined();
});

test('a graph whose attention reads a bias is not packed', () => {
  const model = readModel(extraction.bytes, file);
  const attention = model.graph.node.find(({ opType }) => opType === 'GroupQueryAttention')!;
  attention.input = [...Array.from({ length: 10 }, (_, i) => attention.input[i] ?? ''), 'attention_mask'];
  expect(packPrompts(writeModel(model), file)).toBeUndefined();
});
