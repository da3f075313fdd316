import type { TokenIds } from '../../core/token-ids.ts';
import { LanedChat, type Chat } from './laned-chat.ts';
import { LaneProcess } from './lane-process.ts';
import { laneCount, laneThreads } from './lane-count.ts';
import { openChatSession, openExtractionSession, type SessionModel } from '../session/model-session.ts';

interface Releasable {
  release(): Promise<void>;
}

/**
 * What replies to many prompts: lanes side by side where that pays, else one session.
 * @throws {HumanError} when onnxruntime refuses the graph
 */
export async function openBatchChat(
  model: SessionModel,
  steered: readonly number[],
  taps: readonly number[],
): Promise<Chat> {
  const lanes = laneCount(model);
  if (lanes === 1) return await openChatSession(model, steered, taps);
  const threads = laneThreads(lanes, model.threads);
  if (threads === undefined) {
    const chat = await openChatSession(model, steered, taps);
    return new LanedChat(chat, new Array<typeof chat>(lanes).fill(chat));
  }
  const part = { ...model, threads };
  const [first, ...others] = await allOpen(openChatSession(part, steered, taps), lanes, () =>
    LaneProcess.openChat(part, steered, taps),
  );
  return new LanedChat(first, [first, ...others]);
}

/** Sessions for activations only, of which each runs a batch at the same time. */
export interface BatchExtraction extends Releasable {
  /** Batches that run together. */
  readonly together: number;
  batches(prompts: readonly TokenIds[]): number[][];
  /** @param batches at most `together`. @returns a row of [taps * d] for each prompt of each */
  run(batches: readonly (readonly TokenIds[])[]): Promise<Float32Array[][]>;
}

/** Fewest prompts that a process more is started for. */
const manyPrompts = 128;

/**
 * @param prompts how many are to be run
 * @throws {HumanError} when onnxruntime refuses the graph
 */
export async function openBatchExtraction(
  model: SessionModel,
  layers: readonly number[],
  prompts: number,
): Promise<BatchExtraction> {
  const lanes = prompts < manyPrompts ? 1 : laneCount(model);
  const threads = laneThreads(lanes, model.threads);
  const part = { ...model, threads: threads ?? model.threads };
  const [first, ...others] = await allOpen(openExtractionSession(part, layers), threads === undefined ? 1 : lanes, () =>
    LaneProcess.openExtraction(part, layers),
  );
  return {
    together: 1 + others.length,
    batches: (prompts) => first.batches(prompts),
    run: async (batches) => {
      // The others first: this process hears nothing more while it runs its own.
      const theirs = batches.slice(1).map((batch, i) => others[i]!.run(batch));
      const [own] = await Promise.all(batches.slice(0, 1).map((batch) => first.run(batch)));
      return [...(own === undefined ? [] : [own]), ...(await Promise.all(theirs))];
    },
    release: async () => {
      for (const lane of [first, ...others]) await lane.release();
    },
  };
}

/** Opens this process's own session and those of the other lanes at once; where one fails, none stays open. */
async function allOpen<Own extends Releasable>(
  own: Promise<Own>,
  lanes: number,
  openOther: () => Promise<LaneProcess>,
): Promise<[Own, ...LaneProcess[]]> {
  const others = Array.from({ length: lanes - 1 }, () => openOther());
  const opened = await Promise.allSettled<Releasable>([own, ...others]);
  const failed = opened.find((one) => one.status === 'rejected');
  if (failed === undefined) return [await own, ...(await Promise.all(others))];
  for (const one of opened) if (one.status === 'fulfilled') await one.value.release();
  throw failed.reason;
}
