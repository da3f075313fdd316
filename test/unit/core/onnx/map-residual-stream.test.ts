import { expect, test } from 'vitest';
import { mapResidualStream } from '../../../../src/core/onnx/map-residual-stream.ts';
import { readModel, type OnnxModel } from '../../../../src/core/onnx/onnx-model.ts';
import { TensorProto_DataType } from '../../../../src/core/onnx/onnx_pb.ts';
import { tinyBytes } from './tiny-bytes.ts';

const tiny = (name: string): OnnxModel => readModel(tinyBytes(name), `${name}.onnx`);

test.each([
  ['llama-fp32', 3, TensorProto_DataType.FLOAT],
  ['llama-fp16', 3, TensorProto_DataType.FLOAT16],
  ['llama-int4', 3, TensorProto_DataType.FLOAT],
  ['qwen3-fp32', 2, TensorProto_DataType.FLOAT],
  ['gemma2-fp32', 2, TensorProto_DataType.FLOAT],
])('%s has a stream of %i layers, 64 wide', (name, layers, elementType) => {
  const stream = mapResidualStream(tiny(name));
  expect(stream).toMatchObject({ layout: 'fused', hiddenSize: 64, elementType });
  expect(stream.layers.map((addends) => addends.length)).toEqual([1, ...Array<number>(layers - 1).fill(2)]);
});

test('layer inputs are the embedding, then the residual and what the MLP below adds', () => {
  expect(mapResidualStream(tiny('gemma2-fp32')).layers).toEqual([
    ['/model/embed_tokens/Mul/output_0'],
    ['/model/layers.0/pre_feedforward_layernorm/output_3', '/model/layers.0/post_feedforward_layernorm/output_0'],
  ]);
});

test('names of nodes and tensors decide nothing', () => {
  const model = tiny('llama-fp32');
  const plain = mapResidualStream(model);
  const renamed = tiny('llama-fp32');
  const ports = new Set([...renamed.graph.input, ...renamed.graph.output].map(({ name }) => name).concat(''));
  const numbers = new Map<string, number>();
  const other = (name: string): string => {
    if (ports.has(name)) return name;
    numbers.set(name, numbers.get(name) ?? numbers.size);
    return `t${numbers.get(name) ?? 0}`;
  };
  for (const node of renamed.graph.node) {
    node.name = '';
    node.input = node.input.map(other);
    node.output = node.output.map(other);
  }
  for (const tensor of renamed.graph.initializer) tensor.name = other(tensor.name);
  expect(mapResidualStream(renamed).layers).toEqual(plain.layers.map((addends) => addends.map(other)));
});

test('a graph of another layout is refused with what was found', () => {
  const model = tiny('llama-fp32');
  for (const node of model.graph.node) if (node.opType.startsWith('Skip')) node.opType = 'Add';
  expect(() => mapResidualStream(model)).toThrow(
    /llama-fp32.onnx: .*not in the fused layout\. Found 16 MatMul, 6 Add, 3 GroupQueryAttention.*fused layout/,
  );
});

test('a graph with an attention too few is refused with both counts', () => {
  const model = tiny('llama-fp32');
  model.graph.node.find(({ opType }) => opType === 'GroupQueryAttention')!.opType = 'LinearRecurrence';
  expect(() => mapResidualStream(model)).toThrow(
    '2 attentions ask for 4 sums from the embedding to the final norm, but the chain has 6',
  );
});

test('a stream that something else reads as well is refused', () => {
  const model = tiny('llama-fp32');
  const mlp = model.graph.node.find(({ name }) => name.includes('layers.1/mlp/up_proj'))!;
  mlp.input[0] = '/model/layers.0/post_attention_layernorm/output_3';
  expect(() => mapResidualStream(model)).toThrow("can't be mapped");
});
