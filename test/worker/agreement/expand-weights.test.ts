import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NodeProto } from 'onnx-buf';
import { expandWeights, type ReadWeights } from './expand-weights.ts';
import { externalPlace, listExternalFiles } from '../../../src/core/onnx/graph/external-data.ts';
import { readModel, type OnnxModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { relativeError, transpose } from '../../unit/core/linalg/dense.ts';
import { tinyBytes } from '../../unit/core/onnx/tiny-bytes.ts';

const tiny = (name = 'llama-int4'): OnnxModel => readModel(tinyBytes(name), 'model.onnx');
const data = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dirname, '../../fixtures/tiny-models', name, 'model.onnx.data')));
const weights = data('llama-int4');
const read: ReadWeights = ({ offset, length }) => weights.subarray(offset, offset + length);

test('quantised operators become plain ones, and every other node is as it was', () => {
  const [before, model] = [tiny(), tiny()];
  expandWeights(model, 'f32.data', read);
  const left = new Map(model.graph.node.map((node) => [node.output[0], node]));
  const becomes = new Map([
    ['MatMulNBits', 'MatMul'],
    ['GatherBlockQuantized', 'Gather'],
  ]);
  const gone = before.graph.node.filter(({ output }) => !left.has(output[0]));
  expect(gone.map(({ opType }) => opType)).toEqual(['Constant', 'Reshape']); // of the embedding's shared matrix
  for (const node of before.graph.node.filter((each) => !gone.includes(each))) {
    const now = left.get(node.output[0])!;
    const opType = becomes.get(node.opType);
    if (opType) expect(now).toMatchObject({ opType, domain: '', name: node.name, output: node.output, attribute: [] });
    else expect(now).toEqual(node);
  }
  expect(model.graph.output).toEqual(before.graph.output);
  expect(model.graph.input).toEqual(before.graph.input);
});

test('all weights lie in the new file, which has no bytes too many', () => {
  const model = tiny();
  const pieces = [...expandWeights(model, 'f32.data', read)];
  const [file, ...more] = listExternalFiles(model);
  expect(more).toEqual([]);
  expect(file!.location).toBe('f32.data');
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  expect(size - file!.bytes).toBeLessThan(64);
});

test("each matrix is the f32 export's but for 4-bit rounding, and the embedding is lm_head turned", () => {
  const model = tiny();
  const got = matrices(model, Buffer.concat([...expandWeights(model, 'f32.data', read)]));
  const want = matrices(tiny('llama-fp32'), data('llama-fp32'));
  expect(want.length).toBe(16);
  for (const { output, dims, values } of want) {
    const matrix = got.find((each) => each.output === output)!;
    expect(matrix.dims, output).toEqual(dims);
    expect(relativeError(matrix.values, values), output).toBeLessThan(0.12);
  }
  const [table, head] = [got[0]!, got.find(({ output }) => output === 'logits')!];
  expect(table.dims).toEqual(head.dims.toReversed());
  expect(table.values).toEqual(transpose(head.values, ...(head.dims.map(Number) as [number, number])));
});

test('a weight that is read by something else too stays there for it', () => {
  const model = tiny();
  const shared = model.graph.node.find(({ opType }) => opType === 'MatMulNBits')!.input[1]!;
  model.graph.output.push({ ...model.graph.output[0]!, name: shared });
  const before = Buffer.from(read(externalPlace('', constant(model, shared))!));
  const file = Buffer.concat([...expandWeights(model, 'f32.data', read)]);
  const { offset, length } = externalPlace('', constant(model, shared))!;
  expect(file.subarray(offset, offset + length).equals(before)).toBe(true);
});

test('a file of weights that is cut off is told when its weight is asked for', () => {
  const pieces = expandWeights(tiny(), 'f32.data', (place) => read(place).subarray(1));
  expect(() => [...pieces]).toThrow(
    /The weights .* have \d+ bytes instead of \d+\. Download or export the model again\.$/,
  );
});

function matrices({ graph }: OnnxModel, file: Uint8Array): { output: string; dims: bigint[]; values: Float64Array }[] {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const weightOf = (node: NodeProto): string | undefined =>
    node.opType === 'MatMul' ? node.input[1] : node.opType === 'Gather' ? node.input[0] : undefined;
  return graph.node.flatMap((node) => {
    const tensor = constants.get(weightOf(node) ?? '');
    const place = tensor && externalPlace('', tensor);
    if (!place) return [];
    const values = new Float32Array(Uint8Array.from(file.subarray(place.offset, place.offset + place.length)).buffer);
    return [{ output: node.output[0]!, dims: tensor.dims, values: Float64Array.from(values) }];
  });
}

function constant({ graph }: OnnxModel, name: string): OnnxModel['graph']['initializer'][number] {
  return graph.initializer.find((tensor) => tensor.name === name)!;
}
