import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { CancelledError } from '../../core/cancelled.ts';
import { withoutShapeNotes } from '../../core/onnx/graph/shape-notes.ts';
import { instrument } from '../../core/onnx/instrument.ts';
import type { InspectResult } from '../../rpc/worker-api.ts';
import type { Job } from '../job.ts';
import { emptyPast } from '../session/kv-cache.ts';
import type { Model } from './model.ts';
import { createSessionFromBytes } from '../session/model-session.ts';
import { packedFeeds, packedStep } from '../session/packed-prompts.ts';
import { promptFeeds, stepFeeds } from '../session/prompt-feeds.ts';
import { runSession } from '../session/session.ts';
import { SteeringFeeds } from '../session/steering-feeds.ts';

const prompts = [
  'How do I bake bread?',
  'A rather longer prompt, so that the rows of a batch have different lengths.',
  'Hi',
];

/**
 * Logits of the untouched graph against the edited one at strength 0, byte for byte, in prefill and in a decoding step: the
 * edited one takes its prompts packed where sessions for replies do.
 *
 * Where onnxruntime refuses the untouched graph and that graph notes shapes, the graph without these notes stands for it,
 * and the result says so: exporters write wrong ones (see `pruneGraph`), and the edited graph has none of them either.
 */
export async function checkStrengthZero(
  model: Model,
  job: Pick<Job, 'checkpoint'>,
): Promise<InspectResult['strengthZero']> {
  try {
    return await checkAgainst(model.graph, model, job);
  } catch (error) {
    const unnoted = error instanceof CancelledError ? undefined : withoutShapeNotes(model.graph, model.folder.graph);
    if (unnoted === undefined) throw error;
    return (await checkAgainst(unnoted, model, job)).map((each) => ({ ...each, withoutShapeNotes: true }));
  }
}

/** @param untouched bytes of the model's own graph */
async function checkAgainst(
  untouched: Uint8Array,
  model: Model,
  job: Pick<Job, 'checkpoint'>,
): Promise<InspectResult['strengthZero']> {
  const layers = Array.from({ length: model.layers }, (_, i) => i);
  const edited = instrument(model.graph, model.folder.graph, {
    steered: layers,
    taps: layers,
    logits: 'all',
    cache: true,
    packed: true,
  });
  const base = await createSessionFromBytes(model, untouched);
  try {
    const steered = await createSessionFromBytes(model, edited.bytes);
    try {
      return await compareAtZero({ model, untouched: base, steered, packed: edited.packed }, job);
    } finally {
      await steered.release();
    }
  } finally {
    await base.release();
  }
}

interface Compared {
  readonly model: Model;
  readonly untouched: InferenceSession;
  readonly steered: InferenceSession;
  /** Whether `steered` takes its prompts packed. */
  readonly packed: boolean;
}

async function compareAtZero(
  { model, untouched, steered, packed: isPacked }: Compared,
  job: Pick<Job, 'checkpoint'>,
): Promise<InspectResult['strengthZero']> {
  // w and r that would change everything, at strength 0.
  const ones = new Float32Array(model.layers * model.hiddenSize).fill(1);
  const thresholds = new Float32Array(model.layers).fill(-Infinity);
  const off = new SteeringFeeds({ w: ones, r: ones, thresholds }, model.hiddenSize);
  const result: { shape: string; step: 'prefill' | 'decode'; equal: boolean }[] = [];
  for (const rows of model.ports.scalesOverBatch ? [1] : [1, 2, 3]) {
    await job.checkpoint();
    const ids = prompts.slice(0, rows).map((prompt) => model.tokenizer.encode(prompt).ids);
    const longest = Math.max(...ids.map(({ length }) => length));
    const positionIds = model.ports.positionIds !== undefined;
    const step = async (
      block: Record<string, Tensor>,
      past: Record<string, Tensor>,
      packed: Record<string, Tensor>,
      name: 'prefill' | 'decode',
    ): Promise<Record<string, Tensor>> => {
      const { last_position, ...feeds } = block;
      const base = await runSession(untouched, { ...feeds, ...past, ...allLogits(model) });
      const extra = { ...past, ...off.ofPrompts(ids.map(() => ({ strength: 0 }))) };
      const zero = await runSession(steered, {
        ...(isPacked ? packed : { ...feeds, last_position: last_position! }),
        ...extra,
      });
      const width = name === 'prefill' ? longest : 1;
      const places = ids.flatMap(({ length }, row) =>
        Array.from({ length: Math.min(length, width) }, (_, i) => row * width + i),
      );
      const tokens = isPacked ? (packed['packed_rows']!.data as BigInt64Array) : undefined;
      const equal = places.every((place) =>
        bytesAt(base, place).equals(bytesAt(zero, Number(tokens?.[place] ?? place))),
      );
      result.push({ shape: `${rows} x ${width}`, step: name, equal });
      return base;
    };
    const block = promptFeeds(ids, longest, positionIds);
    const first = await step(block, emptyPast(model.kv, rows), packedFeeds(ids, positionIds), 'prefill');
    if (model.steps) continue; // what decodes is a graph of its own, which no steering is in
    const past = Object.fromEntries(model.kv.names.map(({ past: name, present }) => [name, first[present]!]));
    const next = stepFeeds(
      ids.map(({ length }) => ({ past: length, token: 5 })),
      { width: longest + 1, padding: 'right', positionIds },
    );
    await step(next, past, packedStep(next), 'decode');
  }
  return result;
}

/** What an untouched graph is fed where it asks of how many positions there shall be logits: all of them. */
function allLogits({ ports }: Model): Record<string, Tensor> {
  if (!ports.logitsToKeep) return {};
  const { name, dims } = ports.logitsToKeep;
  return {
    [name]: new Tensor(
      'int64',
      BigInt64Array.of(0n),
      dims.map(() => 1),
    ),
  };
}

/** The logits' bytes at one place of one block, counted over its rows. */
function bytesAt(outputs: InferenceSession.OnnxValueMapType, place: number): Buffer {
  const { data, dims } = outputs['logits']!;
  const logits = data as Float32Array | Uint16Array;
  const width = dims.at(-1)! * logits.BYTES_PER_ELEMENT;
  return Buffer.from(logits.buffer, logits.byteOffset + place * width, width);
}
