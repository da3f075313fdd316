import { expect, test } from 'vitest';
import { TensorProto_DataType } from 'onnx-buf';
import { readModelPorts } from '../../../../src/core/onnx/model-ports.ts';
import { readModel, type OnnxModel } from '../../../../src/core/onnx/graph/onnx-model.ts';
import { tinyBytes } from './tiny-bytes.ts';

const tiny = (name: string): OnnxModel => readModel(tinyBytes(name), `${name}.onnx`);

test('ports have names, types, sizes and the names of sizes', () => {
  const ports = readModelPorts(tiny('llama-fp32'));
  expect(ports.inputIds).toEqual({
    name: 'input_ids',
    elementType: TensorProto_DataType.INT64,
    dims: ['batch_size', 'sequence_length'],
  });
  expect(ports.positionIds).toBeUndefined();
  expect(ports.cache.map(({ layer }) => layer)).toEqual([0, 1, 2]);
  expect(ports.cache[1]!.key.dims).toEqual(['batch_size', 2, 'past_sequence_length', 'kv_cache_dim']);
  expect(ports.cache[1]!.presentValue.name).toBe('present.1.value');
  expect(ports.logits.dims).toEqual(['batch_size', 'sequence_length', 192]);
  expect(ports.scalesOverBatch).toBe(false);
});

test('the f16 export wants position_ids and an f16 cache', () => {
  const ports = readModelPorts(tiny('llama-fp16'));
  expect(ports.positionIds?.name).toBe('position_ids');
  expect(ports.cache[0]!.value.elementType).toBe(TensorProto_DataType.FLOAT16);
});

test('an input that nobody can feed is refused by name', () => {
  const model = tiny('llama-fp32');
  model.graph.input.find(({ name }) => name === 'attention_mask')!.name = 'pixel_values';
  expect(() => readModelPorts(model)).toThrow("has inputs that AlphaSteer can't feed: pixel_values");
});

test('a missing output is refused by name, with what there is', () => {
  const model = tiny('llama-fp32');
  model.graph.output = model.graph.output.filter(({ name }) => name !== 'logits');
  expect(() => readModelPorts(model)).toThrow('has no output logits (found: present.0.key');
});

test('activations quantized over the whole batch are told', () => {
  const model = tiny('llama-fp32');
  model.graph.node[0]!.opType = 'DynamicQuantizeLinear';
  expect(readModelPorts(model).scalesOverBatch).toBe(true);
});

test('a cache that must be as long as its sliding window is refused', () => {
  const model = tiny('llama-fp32');
  const attention = model.graph.node.find(({ opType }) => opType === 'GroupQueryAttention')!;
  const window = attention.attribute.find(({ name }) => name === 'num_heads')!;
  attention.attribute.push({ ...window, name: 'sliding_window_cache', i: 1n });
  expect(() => readModelPorts(model)).toThrow('sliding-window cache');
});

test('a cache of GroupQueryAttention is appended to in place, another one grows at its end', () => {
  expect(readModelPorts(tiny('llama-int4')).appendsByRow).toBe(true);
  expect(readModelPorts(tiny('llama-fp16')).appendsByRow).toBe(false); // MultiHeadAttention
  expect(readModelPorts(tiny('architectures/llama/optimum')).appendsByRow).toBe(false);
});
