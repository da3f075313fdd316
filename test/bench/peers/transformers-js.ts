/**
 * npx tsx transformers-js.ts MODEL_FOLDER THREADS
 *
 * One prompt at a time, whatever batch is asked for: generate wants a batch padded on the left, where GroupQueryAttention
 * gives other tokens.
 */
import { basename, dirname } from 'node:path';
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import { serve } from './serve.ts';

const [path = '', threads = '2'] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = dirname(path);
const model = await AutoModelForCausalLM.from_pretrained(basename(path), {
  dtype: 'q4',
  device: 'cpu',
  local_files_only: true,
  session_options: { intraOpNumThreads: Number(threads), logSeverityLevel: 3 },
});
const end = model.generation_config?.eos_token_id as number | number[] | null | undefined;
const ends = new Set([end ?? []].flat());

await serve(async (task) => {
  if (task.task !== 'replies') throw new Error('transformers.js gives replies only.');
  const { ids, newTokens } = task;
  const tokens: number[][] = [];
  for (const prompt of ids) {
    const row = (values: BigInt64Array): Tensor => new Tensor('int64', values, [1, prompt.length]);
    const inputs = {
      input_ids: row(BigInt64Array.from(prompt, BigInt)),
      attention_mask: row(new BigInt64Array(prompt.length).fill(1n)),
    };
    const all = (
      (await model.generate({ ...inputs, max_new_tokens: newTokens, do_sample: false })) as Tensor
    ).tolist() as bigint[][];
    const made = all[0]!.slice(prompt.length).map(Number);
    const stop = made.findIndex((token) => ends.has(token));
    tokens.push(stop < 0 ? made : made.slice(0, stop));
  }
  return { tokens };
});
