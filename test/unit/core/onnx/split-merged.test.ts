import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelPorts } from '../../../../src/core/onnx/model-ports.ts';
import { readModel, type OnnxModel } from '../../../../src/core/onnx/graph/onnx-model.ts';
import { splitMerged } from '../../../../src/core/onnx/split-merged.ts';
import { tinyBytes } from './tiny-bytes.ts';

const folder = join(import.meta.dirname, '../../../fixtures/tiny-models/merged');
const merged = (): OnnxModel => {
  const file = join(folder, 'qwen2/decoder_model_merged.onnx');
  return readModel(new Uint8Array(readFileSync(file)), file);
};

test('a merged model is two: prompts without a past, steps with one', () => {
  const { prompts, steps } = splitMerged(merged())!;
  expect(prompts.graph.input.map(({ name }) => name)).toEqual(['input_ids', 'attention_mask']);
  const past = [0, 1].flatMap((layer) => [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`]);
  expect(steps.graph.input.map(({ name }) => name)).toEqual(['input_ids', 'attention_mask', ...past]);
  for (const { graph } of [prompts, steps]) expect(graph.node.some(({ opType }) => opType === 'If')).toBe(false);
  const { cache } = readModelPorts(prompts, steps);
  expect(cache.map(({ key, presentKey }) => [key.name, presentKey.name])).toEqual([
    ['past_key_values.0.key', 'present.0.key'],
    ['past_key_values.1.key', 'present.1.key'],
  ]);
});

test('outputs that a branch calls otherwise go by the name that the model gives them', () => {
  const model = merged();
  const [choice] = model.graph.node;
  const renamed = (name: string): string => (name === 'logits' ? 'logits_merged' : name);
  for (const { g } of choice!.attribute) {
    for (const output of g!.output) output.name = renamed(output.name);
    for (const node of g!.node) node.output = node.output.map(renamed);
  }
  const { prompts } = splitMerged(model)!;
  expect(prompts.graph.node.at(-1)).toMatchObject({ opType: 'Identity', input: ['logits_merged'], output: ['logits'] });
});

test('a model that is not merged is none, and one merged in another way is refused', () => {
  expect(splitMerged(readModel(tinyBytes('llama-fp32'), 'model.onnx'))).toBeUndefined();
  const model = merged();
  model.graph.node[0]!.opType = 'Loop';
  expect(() => splitMerged(model)).toThrow('has an input use_cache_branch, but not one If');
});
