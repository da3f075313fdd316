import { expect, test } from 'vitest';
import { TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { indexGraph } from '../../../src/core/onnx/graph/graph-index.ts';
import { readModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { quantizedWeight, type QuantizedWeight } from './quantized-weight.ts';
import { tinyBytes } from '../../unit/core/onnx/tiny-bytes.ts';

test('the embedding is the matrix of lm_head, through a Reshape', () => {
  const [embedding, head] = ['GatherBlockQuantized', 'lm_head'].map((name) => weightOf(name));
  expect(embedding).toEqual(head);
  expect(embedding).toMatchObject({ rows: 192, columns: 64, blockSize: 32 });
});

test('any other node has none', () => {
  expect(weightOf('GroupQueryAttention')).toBeUndefined();
});

const others: [string, (node: NodeProto, constants: (place: number) => TensorProto) => void][] = [
  ['they have 8 bits a value', (node) => (attribute(node, 'bits').i = 8n)],
  ['they are computed in the graph', (node) => (node.input[1] = node.input[0]!)],
  ['their element type is 3', (_, constant) => (constant(1).dataType = TensorProto_DataType.INT8)],
  ['their scales have type 10', (_, constant) => (constant(2).dataType = TensorProto_DataType.FLOAT16)],
  ['they have a group index or a bias', (node) => node.input.push('', '', 'bias')],
  ['rows of 64 values in blocks of 48', (node) => (attribute(node, 'block_size').i = 48n)],
];
test.each(others)('refused by name: %s', (why, change) => {
  expect(() => weightOf('lm_head', change)).toThrow(
    `The weights of /lm_head/MatMul_Q4 can't be written as f32: ${why}. Use an fp32 export of the model.`,
  );
});

function weightOf(name: string, change?: (typeof others)[number][1]): QuantizedWeight | undefined {
  const { graph } = readModel(tinyBytes('llama-int4'), 'model.onnx');
  const node = graph.node.find((each) => each.opType === name || each.name.includes(name))!;
  change?.(node, (place) => graph.initializer.find((tensor) => tensor.name === node.input[place])!);
  return quantizedWeight('model.onnx', indexGraph(graph), node);
}

function attribute(node: NodeProto, name: string): NodeProto['attribute'][number] {
  return node.attribute.find((each) => each.name === name)!;
}
