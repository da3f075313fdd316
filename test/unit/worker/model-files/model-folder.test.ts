import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openModelFolder } from '../../../../src/worker/model-files/model-folder.ts';

/** A model folder with empty graphs of these names. */
function folder(...graphs: string[]): string {
  const path = mkdtempSync(join(tmpdir(), 'alphasteer-model-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const sizes = { hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2, vocab_size: 10 };
  writeFileSync(join(path, 'config.json'), JSON.stringify(sizes));
  for (const name of graphs) writeFileSync(join(path, name), '');
  return path;
}

test.each<[string[], { graph: string; steps?: string; dtype: string }]>([
  [['decoder_model_merged.onnx', 'model.onnx'], { graph: 'model.onnx', dtype: 'fp32' }],
  [['decoder_model_merged_quantized.onnx'], { graph: 'decoder_model_merged_quantized.onnx', dtype: 'q8' }],
  [
    ['decoder_model.onnx', 'decoder_with_past_model.onnx', 'decoder_model_merged.onnx'],
    { graph: 'decoder_model_merged.onnx', dtype: 'fp32' },
  ],
  [
    ['decoder_model_fp16.onnx', 'decoder_with_past_model_fp16.onnx'],
    { graph: 'decoder_model_fp16.onnx', steps: 'decoder_with_past_model_fp16.onnx', dtype: 'fp16' },
  ],
])('of %j the graph is found, and the one for steps', async (names, { graph, steps, dtype }) => {
  const path = folder(...names);
  const found = await openModelFolder(path);
  expect(found).toMatchObject({ graph: join(path, graph), dtype });
  expect(found.steps).toBe(steps && join(path, steps));
});

test('half of a model in two files is told with the name of what is missing', async () => {
  await expect(openModelFolder(folder('decoder_model.onnx'))).rejects.toThrow(
    'or decoder_model*.onnx with its decoder_with_past_model*.onnx',
  );
});

test('what ends a reply stands in generation_config.json, else in config.json; a damaged one is refused, not passed over', async () => {
  const path = folder('model.onnx');
  const write = (name: string, text: string): void => writeFileSync(join(path, name), text);
  const endTokens = async (): Promise<readonly number[]> => (await openModelFolder(path)).endTokens;
  const config = { hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2, vocab_size: 10, eos_token_id: 1 };
  write('config.json', JSON.stringify(config));
  expect(await endTokens()).toEqual([1]);
  write('generation_config.json', '{"temperature": 1}');
  expect(await endTokens()).toEqual([1]);
  write('generation_config.json', '{"eos_token_id": [2, 3]}');
  expect(await endTokens()).toEqual([2, 3]);
  write('generation_config.json', '{"eos_token_id": [2, 3');
  await expect(endTokens()).rejects.toThrow('generation_config.json: The file is not valid JSON.');
  write('generation_config.json', '{"eos_token_id": "2"}');
  await expect(endTokens()).rejects.toThrow('generation_config.json: eos_token_id');
});

test('sizes are found by the names that GPT-2 gives them, and one that is null counts as not there', async () => {
  const path = folder('model.onnx');
  const configOf = async (config: object): Promise<object> => {
    writeFileSync(join(path, 'config.json'), JSON.stringify({ vocab_size: 10, ...config }));
    return (await openModelFolder(path)).config;
  };
  const gpt2 = { n_embd: 8, n_layer: 2, n_head: 4, n_positions: 64 };
  const own = { hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 4, max_position_embeddings: 64 };
  expect(await configOf(gpt2)).toMatchObject(own);
  expect(await configOf({ ...own, n_positions: 1 })).toMatchObject(own);
  const unset = { head_dim: null, num_key_value_heads: null, max_position_embeddings: null };
  expect(await configOf({ ...own, ...unset })).toMatchObject({ hidden_size: 8, max_position_embeddings: 2048 });
  await expect(configOf({ ...gpt2, n_head: -4 })).rejects.toThrow('num_attention_heads');
});
