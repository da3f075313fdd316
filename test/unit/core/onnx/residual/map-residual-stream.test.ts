import { expect, test } from 'vitest';
import { TensorProto_DataType } from 'onnx-buf';
import { mapResidualStream } from '../../../../../src/core/onnx/residual/map-residual-stream.ts';
import { readModel, type OnnxModel } from '../../../../../src/core/onnx/graph/onnx-model.ts';
import { tinyBytes } from '../tiny-bytes.ts';

const optimum = (name: string): OnnxModel => tiny(`architectures/${name}/optimum`);
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

test.each([
  ['llama', '/model/embed_tokens/Gather_output_0'],
  ['gemma3', '/model/embed_tokens/Mul_output_0'], // the embedding is scaled
  ['granite', '/model/Mul_output_0'],
  ['olmo2', '/model/embed_tokens/Gather_output_0'], // nothing norms a branch's input
])('%s of optimum is decomposed: its sums are Adds', (name, embedded) => {
  expect(mapResidualStream(optimum(name))).toMatchObject({
    layout: 'decomposed',
    layers: [[embedded], ['/model/layers.0/Add_1_output_0']],
    last: '/model/layers.1/Add_1_output_0',
  });
});

test.each([
  [
    'cohere by optimum',
    optimum('cohere'),
    [['/model/embed_tokens/Gather_output_0'], ['/model/layers.0/Add_1_output_0']],
  ],
  ['phi2 by optimum', optimum('phi2'), [['/model/embed_tokens/Gather_output_0'], ['/model/layers.0/Add_1_output_0']]],
  [
    'phi2 by the model builder',
    tiny('architectures/phi2/genai'),
    [
      ['/model/embed_tokens/Gather/output_0'],
      ['/model/embed_tokens/Gather/output_0', '/model/layers.0/residual_add/Add/output_0'],
    ],
  ],
])('%s computes attention and MLP side by side: one sum a layer', (_, model, layers) => {
  expect(mapResidualStream(model).layers).toEqual(layers);
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

test('a graph of another kind is refused with what was found', () => {
  const model = tiny('llama-fp32');
  for (const node of model.graph.node) if (node.opType.startsWith('Skip')) node.opType = 'SkipImaginatively';
  expect(() => mapResidualStream(model)).toThrow(
    /llama-fp32.onnx: .*3 layers in its KV cache ask for 6 sums .* but there are 0\. Found 16 MatMul, 3 GroupQueryAttention.*report the model/,
  );
});

test('a layer that makes no cache is refused by its name', () => {
  const model = tiny('llama-fp32');
  model.graph.output = model.graph.output.filter(({ name }) => !name.startsWith('present.1.'));
  expect(() => mapResidualStream(model)).toThrow('2 layers in its KV cache ask for 4 sums');
  const swapped = tiny('llama-fp32');
  const attention = swapped.graph.node.filter(({ opType }) => opType === 'GroupQueryAttention');
  [attention[0]!.output[1], attention[1]!.output[1]] = [attention[1]!.output[1]!, attention[0]!.output[1]!];
  expect(() => mapResidualStream(swapped)).toThrow(
    'sum 1 of 6 adds what makes present.1.key, present.0.value instead of present.0.key, present.0.value',
  );
});

test('a stream that something else reads as well is refused', () => {
  const model = tiny('llama-fp32');
  const mlp = model.graph.node.find(({ name }) => name.includes('layers.1/mlp/up_proj'))!;
  mlp.input[0] = '/model/layers.0/post_attention_layernorm/output_3';
  expect(() => mapResidualStream(model)).toThrow(
    'ask for 6 sums that all paths from the embedding to the logits pass (3 where attention and MLP are parallel), but there are 4',
  );
});

test('a branch that something else reads as well is refused where the sum is fused', () => {
  const model = tiny('llama-fp32');
  const mlp = model.graph.node.find(({ name }) => name.includes('layers.1/mlp/up_proj'))!;
  const sum = model.graph.node.find(({ name }) => name.includes('layers.1/post_attention_layernorm'))!;
  mlp.input[0] = sum.input[1]!;
  expect(() => mapResidualStream(model)).toThrow("can't be mapped");
});

test('two tables read by input_ids are refused', () => {
  const model = tiny('llama-fp32');
  const lookup = model.graph.node.find(({ opType, input }) => opType === 'Gather' && input[1] === 'input_ids')!;
  model.graph.node.push({ ...lookup, output: ['second_embedding'] });
  expect(() => mapResidualStream(model)).toThrow('2 tables are read by input_ids instead of one');
});
