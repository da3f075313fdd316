import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { instrument } from '../core/onnx/instrument.ts';
import type { InspectResult } from '../rpc/worker-api.ts';
import type { Job } from './job.ts';
import { emptyPast } from './kv-cache.ts';
import type { Model } from './model-host.ts';
import { createSessionFromBytes } from './model-session.ts';
import { promptFeeds, stepFeeds } from './prompt-feeds.ts';

const prompts = [
  'How do I bake bread?',
  'A rather longer prompt, so that the rows of a batch have different lengths.',
  'Hi',
];

/** Logits of the untouched graph against the edited one at strength 0, byte for byte, in prefill and in a decoding step. */
export async function checkStrengthZero(model: Model, job: Job): Promise<InspectResult['strengthZero']> {
  const layers = Array.from({ length: model.layers }, (_, i) => i);
  const edited = instrument(model.graph, model.folder.graph, {
    steered: layers,
    taps: layers,
    logits: 'all',
    cache: true,
  });
  const untouched = await createSessionFromBytes(model, model.graph);
  const steered = await createSessionFromBytes(model, edited.bytes);
  const result: { shape: string; step: 'prefill' | 'decode'; equal: boolean }[] = [];
  for (const rows of model.ports.scalesOverBatch ? [1] : [1, 2, 3]) {
    await job.checkpoint();
    const ids = prompts.slice(0, rows).map((prompt) => model.tokenizer.encode(prompt).ids);
    const longest = Math.max(...ids.map(({ length }) => length));
    const { last_position, ...prompt } = promptFeeds(ids, longest, model.ports.positionIds !== undefined);
    const step = async (
      feeds: Record<string, Tensor>,
      position: Tensor,
      name: 'prefill' | 'decode',
    ): Promise<Record<string, Tensor>> => {
      const extra = steeringFeeds(model, rows);
      const base = await untouched.run(feeds);
      const zero = await steered.run({ ...feeds, ...extra, last_position: position });
      result.push({ shape: `${rows} x ${name === 'prefill' ? longest : 1}`, step: name, equal: sameBytes(base, zero) });
      return base;
    };
    const first = await step({ ...prompt, ...emptyPast(model.kv, rows) }, last_position!, 'prefill');
    const past = Object.fromEntries(model.kv.names.map(({ past: name, present }) => [name, first[present]!]));
    const { last_position: first_position, ...next } = stepFeeds(
      ids.map(({ length }) => ({ prompt: length, token: 5 })),
      1,
      { longest, padding: 'right', positionIds: model.ports.positionIds !== undefined },
    );
    await step({ ...next, ...past }, first_position!, 'decode');
  }
  await untouched.release();
  await steered.release();
  return result;
}

/** w and r that would change everything, at strength and constant 0. */
function steeringFeeds({ layers, hiddenSize }: Model, rows: number): Record<string, Tensor> {
  const zeros = new Tensor('float32', new Float32Array(rows * layers), [rows, layers]);
  const ones = new Tensor('float32', new Float32Array(layers * hiddenSize).fill(1), [layers, hiddenSize]);
  return {
    steer_w: ones,
    steer_r: ones,
    steer_threshold: new Tensor('float32', new Float32Array(layers).fill(-Infinity), [layers]),
    steer_strength: zeros,
    steer_constant: zeros,
  };
}

function sameBytes(a: InferenceSession.OnnxValueMapType, b: InferenceSession.OnnxValueMapType): boolean {
  const [x, y] = [a, b].map((out) => {
    const data = out['logits']!.data as Float32Array | Uint16Array;
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  });
  return x!.equals(y!);
}
