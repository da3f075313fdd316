import { AutoModelForCausalLM, env, Tensor, type PreTrainedModel } from '@huggingface/transformers';
import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChatSession } from '../../../src/worker/session/chat-session.ts';
import { openModel, type Model } from '../../../src/worker/model/model.ts';
import { openChatSession } from '../../../src/worker/session/model-session.ts';
import { Figures } from './figures.ts';
import { readNumbers } from './pytorch-numbers.ts';
import { fitPrompts, quickstartModel, unwatched } from './quickstart.ts';

const newTokens = 32;
/**
 * The most that a logit of the same prompt may differ. Both sides run onnxruntime on the same file; ours computes the
 * last position's logits only, which takes another kernel of lm_head than all positions do. Measured: 6e-5.
 */
const kernelNoise = 1e-3;
const prompts = fitPrompts();
/** 4 of each label's 6. */
const chosen = readNumbers('replies').prompts.filter((_, i) => i % 6 < 4);
const figures = new Figures();

let model: Model;
let session: ChatSession;
let theirs: PreTrainedModel;

beforeAll(async () => {
  model = await openModel({ path: quickstartModel, dtype: 'q4', device: 'cpu', threads: 2 });
  session = await openChatSession(model, [14], [14]);
  // openModel has set the folder that this one is looked for in
  env.localModelPath = dirname(quickstartModel);
  theirs = await AutoModelForCausalLM.from_pretrained(basename(quickstartModel), {
    dtype: 'q4',
    device: 'cpu',
    local_files_only: true,
    session_options: { intraOpNumThreads: 2, logSeverityLevel: 3 },
  });
});
afterAll(async () => {
  figures.print();
  await session.release();
  await theirs.dispose();
});

test('base replies are those of transformers.js, token for token, but where two logits lie within the kernel noise', async () => {
  const noise: number[] = [];
  const parted: { id: string; at: number; lead: number }[] = [];
  for (const { id } of chosen) {
    const { ids } = model.tokenizer.encode(prompts.get(id)!);
    const want = await generate(ids);
    const { tokens, firstLogits } = await reply(ids);
    const logits = await lastLogits(ids);
    noise.push(firstLogits.reduce((most, x, i) => Math.max(most, Math.abs(x - logits[i]!)), 0));
    const at = Array.from({ length: Math.max(tokens.length, want.length) }, (_, i) => tokens[i] === want[i]).indexOf(
      false,
    );
    if (at < 0) continue;
    const [best, second] = (await lastLogits([...ids, ...want.slice(0, at)])).toSorted((a, b) => b - a);
    parted.push({ id, at, lead: best! - second! });
  }
  figures.errors('transformers.js: first logits, difference', noise);
  figures.add(
    `transformers.js: base replies of ${newTokens} tokens, the same`,
    `${chosen.length - parted.length} of ${chosen.length} ${JSON.stringify(parted)}`,
  );
  expect(chosen.length).toBeGreaterThanOrEqual(16);
  expect(Math.max(...noise)).toBeLessThan(kernelNoise);
  expect(parted.filter(({ lead }) => lead > kernelNoise)).toEqual([]);
});

/** Ours: tokens, and the logits [vocabulary] of the first. */
async function reply(ids: readonly number[]): Promise<{ tokens: readonly number[]; firstLogits: Float32Array }> {
  let firstLogits = new Float32Array();
  const [made] = await session.reply(
    [{ ids, strength: 0 }],
    {
      maxNewTokens: newTokens,
      endTokens: model.tokenizer.endTokens,
      alone: true,
      onFirstLogits: (_, logits) => (firstLogits = logits.slice()),
    },
    unwatched,
  );
  return { tokens: made!.tokens, firstLogits };
}

/** Theirs, without the end token. */
async function generate(ids: readonly number[]): Promise<number[]> {
  const inputs = { ...feeds(ids), max_new_tokens: newTokens, do_sample: false };
  const all = ((await theirs.generate(inputs)) as Tensor).tolist() as bigint[][];
  return all[0]!
    .slice(ids.length)
    .map(Number)
    .filter((id) => !model.tokenizer.endTokens.has(id));
}

/** Theirs, [vocabulary], after the last of `ids`. */
async function lastLogits(ids: readonly number[]): Promise<Float32Array> {
  const { logits } = (await theirs(feeds(ids))) as { logits: Tensor };
  return (logits.data as Float32Array).slice(-logits.dims.at(-1)!);
}

function feeds(ids: readonly number[]): { input_ids: Tensor; attention_mask: Tensor } {
  const dims = [1, ids.length];
  return {
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), dims),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), dims),
  };
}
