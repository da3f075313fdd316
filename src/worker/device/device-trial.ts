import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../core/prompts/split/seeded-random.ts';
import { readGraphs } from '../model-files/model-graphs.ts';
import { openChatSession, openExtractionSession, type SessionModel } from '../session/model-session.ts';

/** A model to be tried on its device. The trial reads the graph itself, so that it crosses no channel. */
export interface TrialRequest {
  readonly model: Omit<SessionModel, 'graph' | 'steps'>;
  /** Layers that are read and steered. */
  readonly layers: readonly number[];
  /** Token ids of each. */
  readonly prompts: readonly (readonly number[])[];
  /** An empty folder for onnxruntime's profile. The one that asks removes it: a trial may be killed. */
  readonly profiles: string;
}

/** What a model gave on a device. */
export interface TrialNumbers {
  /** Residual stream of each prompt, [layers * d]. */
  readonly activations: readonly Float32Array[];
  /** First token's logits of each prompt, the first prompt steered, the others not. */
  readonly logits: readonly Float32Array[];
  /** Of the best of two runs after the first: activations, prefill and a few tokens. */
  readonly milliseconds: number;
  /** How many nodes ran on each provider, by onnxruntime's own profile; none where it wrote no node down. */
  readonly nodes: Readonly<Record</* provider */ string, number>>;
}

const newTokens = 4;

/** Runs a model as jobs do, on very little: activations, then steered and unsteered replies. */
export async function runTrial({ model, layers, prompts, profiles }: TrialRequest): Promise<TrialNumbers> {
  const loaded: SessionModel = { ...model, ...(await readGraphs(model.folder)) };
  const extraction = await openExtractionSession(loaded, layers);
  const activations = await extraction.run(prompts);
  const extracting = await bestOfTwo(() => extraction.run(prompts));
  await extraction.release();

  const chat = await openChatSession(loaded, layers, layers, join(profiles, 'profile'));
  const size = layers.length * model.hiddenSize;
  // Directions of length 1, and a strength that makes the push about as long as the residual stream itself.
  const thresholds = new Float32Array(layers.length).fill(-Infinity);
  chat.setSteering({ w: unitRows(1, size, layers.length), r: unitRows(2, size, layers.length), thresholds });
  const rows = prompts.map((ids, row) => ({ ids, strength: row === 0 ? Math.sqrt(model.hiddenSize) : 0 }));
  const logits: Float32Array[] = [];
  const reply = async (): Promise<unknown> =>
    await chat.reply(
      rows,
      {
        maxNewTokens: newTokens,
        endTokens: new Set(),
        onFirstLogits: (row, values) => (logits[row] = values.slice()),
      },
      { checkpoint: () => Promise.resolve() },
    );
  await reply();
  const replying = await bestOfTwo(reply);
  await chat.release();
  return { activations, logits, milliseconds: extracting + replying, nodes: await nodesIn(profiles) };
}

async function bestOfTwo(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 2; round++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

/** Reproducible noise, each of the rows of length 1. */
function unitRows(seed: number, size: number, rows: number): Float32Array {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: size }, () => random() - 0.5);
  const width = size / rows;
  for (let row = 0; row < rows; row++) {
    const part = values.subarray(row * width, (row + 1) * width);
    const length = Math.hypot(...part);
    part.forEach((value, i) => (part[i] = value / length));
  }
  return values;
}

/** Counts the nodes of each provider in the profile that onnxruntime left in a folder: an event a node and run. */
async function nodesIn(folder: string): Promise<Record<string, number>> {
  const [file] = await readdir(folder);
  if (file === undefined) return {};
  const events = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
    readonly cat?: string;
    readonly name?: string;
    readonly args?: { readonly provider?: string };
  }[];
  const providers = new Map<string, string>();
  for (const { cat, name, args } of events)
    if (cat === 'Node' && name !== undefined && args?.provider) providers.set(name, args.provider);
  const counts: Record<string, number> = {};
  for (const provider of providers.values()) counts[provider] = (counts[provider] ?? 0) + 1;
  return counts;
}
