import { AutoModelForCausalLM, env, Tensor as HubTensor } from '@huggingface/transformers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bakeSteering } from '../../../src/core/onnx/bake-steering.ts';
import { instrument } from '../../../src/core/onnx/instrument.ts';
import { mergeAgain } from '../../../src/core/onnx/split-merged.ts';
import { emptyPast } from '../../../src/worker/session/kv-cache.ts';
import {
  createSessionFromBytes,
  openChatSession,
  openExtractionSession,
  type SessionModel,
} from '../../../src/worker/session/model-session.ts';
import { promptFeeds, stepFeeds } from '../../../src/worker/session/prompt-feeds.ts';
import { runSession } from '../../../src/worker/session/session.ts';
import { sessionModel } from './session-model.ts';
import { bits, relativeError, steeringFeeds, tinyModels, type Expected, type Outputs } from './tiny-model.ts';

const layers = [0, 1];
const quietJob = { checkpoint: () => Promise.resolve() };
const folder = join(tinyModels, 'merged');
const merged = (name: string): { graph: string; steps: string | undefined } => ({
  graph: join(folder, name, 'decoder_model_merged.onnx'),
  steps: undefined,
});
const pair = {
  graph: join(folder, 'qwen2/decoder_model.onnx'),
  steps: join(folder, 'qwen2/decoder_with_past_model.onnx'),
};
const quantized = { graph: join(folder, 'qwen2/decoder_model_merged_quantized.onnx'), steps: undefined };

async function open(
  name: string,
  files: ReturnType<typeof merged>,
): Promise<{ model: SessionModel; expected: Expected & { replies: number[][]; headDim: number } }> {
  const expected = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as Expected & {
    replies: number[][];
    headDim: number;
  };
  const [d, vocabulary] = [expected.steering.w[0]!.length, expected.logits[0]!.length];
  return { model: await sessionModel(files, { headDim: expected.headDim, d, vocabulary }), expected };
}

const cases = [
  ...['llama', 'qwen2', 'mistral', 'gemma'].map((name) => ({ what: `${name}, merged`, name, files: merged(name) })),
  { what: 'qwen2 as two files', name: 'qwen2', files: pair },
];

test.each(cases)("$what: activations, steered logits and replies of a batch are PyTorch's", async ({ name, files }) => {
  const { model, expected } = await open(name, files);
  const { prompts, steering } = expected;
  const extraction = await openExtractionSession(model, layers);
  for (const [row, taps] of (await extraction.run(prompts)).entries())
    expect(relativeError([...taps], expected.hidden[row]!.flat())).toBeLessThan(1e-5);
  await extraction.release();

  const chat = await openChatSession(model, layers, layers);
  chat.setSteering({
    w: Float32Array.from(steering.w.flat()),
    r: Float32Array.from(steering.r.flat()),
    thresholds: new Float32Array(layers.length).fill(-Infinity),
  });
  const logits: number[][] = [];
  const replies = await chat.reply(
    prompts.map((ids) => ({ ids, strength: steering.strength })),
    { maxNewTokens: 8, endTokens: new Set(), onFirstLogits: (row, values) => (logits[row] = [...values]) },
    quietJob,
  );
  await chat.release();
  for (const [row, want] of expected.steered.entries()) {
    expect(relativeError(logits[row]!, want)).toBeLessThan(1e-5);
    expect(relativeError(expected.logits[row]!, want), 'it does something').toBeGreaterThan(0.01);
  }
  expect(replies.map(({ tokens }) => tokens)).toEqual(expected.replies);
});

test.each(cases.filter(({ what }) => what.endsWith('merged')))(
  "$what: transformers.js loads the steered export and gives PyTorch's steered replies",
  async ({ name, files }) => {
    const { model, expected } = await open(name, files);
    const { steering, prompts, replies, headDim } = expected;
    const [w, r] = [steering.w, steering.r].map((rows) => Float32Array.from(rows.flat()));
    const thresholds = new Float32Array(layers.length).fill(-Infinity);
    const baked = bakeSteering(
      model.graph,
      files.graph,
      { layers, w: w!, r: r!, thresholds, strength: steering.strength },
      'a test',
    );
    const out = mkdtempSync(join(tmpdir(), 'alphasteer-merged-'));
    onTestFinished(() => rmSync(out, { recursive: true }));
    mkdirSync(join(out, 'steered/onnx'), { recursive: true });
    writeFileSync(
      join(out, 'steered/onnx/decoder_model_merged.onnx'),
      mergeAgain(readFileSync(files.graph), files.graph, baked),
    );
    const heads = Number(model.ports.cache[0]!.key.dims[1]);
    writeFileSync(
      join(out, 'steered/config.json'),
      JSON.stringify({
        model_type: name,
        hidden_size: model.hiddenSize,
        num_hidden_layers: layers.length,
        num_attention_heads: 2,
        num_key_value_heads: heads,
        head_dim: headDim,
        vocab_size: expected.logits[0]!.length,
      }),
    );
    env.localModelPath = out;
    const theirs = await AutoModelForCausalLM.from_pretrained('steered', {
      dtype: 'fp32',
      device: 'cpu',
      local_files_only: true,
      model_file_name: 'decoder_model_merged',
      session_options: { intraOpNumThreads: 2, logSeverityLevel: 3 },
    });
    for (const [row, ids] of prompts.entries()) {
      const dims = [1, ids.length];
      const made = (await theirs.generate({
        input_ids: new HubTensor('int64', BigInt64Array.from(ids, BigInt), dims),
        attention_mask: new HubTensor('int64', new BigInt64Array(ids.length).fill(1n), dims),
        max_new_tokens: 8,
        do_sample: false,
      })) as HubTensor;
      expect((made.tolist() as bigint[][])[0]!.slice(ids.length).map(Number)).toEqual(replies[row]);
    }
    await theirs.dispose();
  },
);

test.each([...cases.filter(({ what }) => what.endsWith('merged')), { what: 'qwen2, merged, int8', name: 'qwen2', files: quantized }])(
  '$what: strength 0 gives the bits of the untouched merged graph, prefill and decoding',
  async ({ name, files }) => {
    const { model, expected } = await open(name, files);
    const rows = model.ports.scalesOverBatch ? expected.prompts.slice(0, 1) : expected.prompts;
    const longest = Math.max(...rows.map(({ length }) => length));
    const untouched = await InferenceSession.create(files.graph, { intraOpNumThreads: 2, logSeverityLevel: 3 });
    const branch = (past: boolean): Outputs => ({ use_cache_branch: new Tensor('bool', [past], [1]) });
    const options = { steered: layers, taps: layers, logits: 'all', cache: true } as const;
    const steered = await createSessionFromBytes(model, instrument(model.graph, files.graph, options).bytes);
    const steps = await createSessionFromBytes(model, model.steps!);

    const block = promptFeeds(rows, longest, false, 'left');
    const off = steeringFeeds(layers.length, model.hiddenSize, rows.map(() => 0));
    const want = await runSession(untouched, { ...block, ...emptyPast(model.kv, rows.length), ...branch(false) });
    const got = await runSession(steered, { ...block, ...off });
    const tokens = rows.map((ids, i) => ({ past: ids.length, token: 20 + i }));
    const step = stepFeeds(tokens, { width: longest + 1, padding: 'left', positionIds: false });
    const past = (outputs: Outputs): Outputs =>
      Object.fromEntries(model.kv.names.map(({ past: name, present }) => [name, outputs[present]!]));
    const wantNext = await runSession(untouched, { ...step, ...past(want), ...branch(true) });
    const gotNext = await runSession(steps, { ...step, ...past(got) });
    for (const output of Object.keys(want)) {
      expect(bits(got[output]!), output).toBe(bits(want[output]!));
      expect(bits(gotNext[output]!), output).toBe(bits(wantNext[output]!));
    }
    const on = steeringFeeds(layers.length, model.hiddenSize, rows.map(() => 1));
    expect(bits((await runSession(steered, { ...block, ...on }))['logits']!)).not.toBe(bits(want['logits']!));
  },
);
