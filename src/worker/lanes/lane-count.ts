import { availableParallelism } from 'node:os';
import type { SessionModel } from '../session/model-session.ts';

/** Bytes of weights from which on a second process pays, and up to which two copies of them are no burden. */
const [least, most] = [16 * 1024 ** 2, 1024 ** 3];

/**
 * How many batches run side by side, each by its own copy of the model on a part of the threads: two on a CPU, where the
 * threads of one run wait for each other at each of its hundreds of nodes. The quickstart's fit took 0.89 of the time on two
 * cores (docs/speed.md), with the same bits: a row's numbers do not hang on the rows beside it. It hangs on the model alone,
 * so that the same work has the same schedule on any machine.
 */
export function laneCount({ device, kv, ports, weightBytes }: SessionModel): number {
  const fits = weightBytes >= least && weightBytes <= most;
  return device === 'cpu' && kv.appends && !ports.scalesOverBatch && fits ? 2 : 1;
}

/** Threads of each lane; undefined where there is one alone, so that all lanes take their turns in this process. */
export function laneThreads(lanes: number, threads = availableParallelism()): number | undefined {
  return lanes > 1 && threads >= lanes ? Math.floor(threads / lanes) : undefined;
}
