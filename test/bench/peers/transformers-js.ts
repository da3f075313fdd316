/** npx tsx transformers-js.ts MODEL_FOLDER THREADS */
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
  const { ids, newTokens, batch } = task;
  const order = ids.map((_, i) => i).sort((a, b) => ids[b]!.length - ids[a]!.length);
  const tokens = new Array<number[]>(ids.length);
  for (let from = 0; from < order.length; from += batch) {
    const rows = order.slice(from, from + batch);
    const longest = Math.max(...rows.map((i) => ids[i]!.length));
    // Padded on the left, as generate wants it.
    const padded = (value: (id: number) => number): Tensor =>
      new Tensor(
        'int64',
        BigInt64Array.from(
          rows.flatMap((i) => [...new Array<number>(longest - ids[i]!.length).fill(0), ...ids[i]!.map(value)]),
          BigInt,
        ),
        [rows.length, longest],
      );
    const inputs = { input_ids: padded((id) => id), attention_mask: padded(() => 1) };
    const all = (
      (await model.generate({ ...inputs, max_new_tokens: newTokens, do_sample: false })) as Tensor
    ).tolist() as bigint[][];
    rows.forEach((i, at) => {
      const made = all[at]!.slice(longest).map(Number);
      const stop = made.findIndex((token) => ends.has(token));
      tokens[i] = stop < 0 ? made : made.slice(0, stop);
    });
  }
  return { tokens };
});
