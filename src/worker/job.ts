import { CancelledError } from '../core/cancelled.ts';
import type { Problem } from '../core/problem.ts';
import type { PhaseTime, Progress, StreamedText } from '../rpc/worker-api.ts';

/** What a job may say while it runs, and how it learns that it should stop. */
export interface Job {
  readonly progress: (progress: Progress) => void;
  readonly problem: (problem: Problem) => void;
  readonly text: (text: StreamedText) => void;
  readonly log: (line: string) => void;
  /**
   * To be awaited between steps: lets messages in (a native call blocks the process's only thread).
   * @throws {CancelledError} when the user has asked to stop
   */
  readonly checkpoint: () => Promise<void>;
}

/** Yields to the event loop, so that a cancel that has arrived is seen, and throws if there was one. */
export async function checkpoint(isCancelled: () => boolean): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (isCancelled()) throw new CancelledError();
}

/** Where a job's time goes: each `lap` books the time since the last one under a phase. */
export class Stopwatch {
  readonly #laps = new Map<string, { seconds: number; detail: string }>();
  #last = performance.now();

  lap(phase: string, detail = ''): void {
    const now = performance.now();
    const before = this.#laps.get(phase)?.seconds ?? 0;
    this.#laps.set(phase, { seconds: before + (now - this.#last) / 1000, detail });
    this.#last = now;
  }

  times(): PhaseTime[] {
    return [...this.#laps].map(([phase, { seconds, detail }]) => ({ phase, seconds, detail }));
  }
}
