import { fakeRun } from './fake-run.ts';

/** A run small enough to read; its seed gives a borderline prompt newly refused, and verdicts that change without steering. */
export function goldenRun(): ReturnType<typeof fakeRun> {
  return fakeRun({ harmful: 12, perUnseenKind: 3, perSeenKind: 2, benign: 14, borderline: 6 }, 6);
}
