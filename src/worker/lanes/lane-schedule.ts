import { Heard } from './heard.ts';

/** Most rows that stay together in a lane: neighbours share the tokens they begin with. */
const mostTogether = 16;

/**
 * Shares rows out among lanes, a few neighbours at a time, so that each lane gets as many long ones as the others. It hangs
 * on the number of rows alone: the same rows give the same schedule, however many threads there are.
 * @param count rows
 * @param lanes at least 1
 * @param alone rows that run one by one share nothing
 * @returns indices of the rows of each lane, ascending; fewer lanes where there are too few rows for two a lane
 */
export function rowsOfLanes(count: number, lanes: number, alone: boolean): number[][] {
  const rows = Array.from({ length: count }, (_, row) => row);
  if (lanes === 1 || count < (alone ? 1 : 2) * lanes) return [rows];
  const together = alone ? 1 : Math.min(mostTogether, Math.ceil(count / (4 * lanes)));
  return Array.from({ length: lanes }, (_, lane) => rows.filter((row) => Math.floor(row / together) % lanes === lane));
}

/**
 * What several sources give, in turn: the first thing of each, then the second of each. The order is the same each time,
 * whichever of them is faster; all of them run at once, and each is ended when the reader stops.
 * @throws what a source throws, when its turn comes
 */
export async function* inTurn<T>(sources: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const readings = sources.map((source) => new Reading(source));
  try {
    for (let left = readings; left.length > 0;) {
      const open: typeof left = [];
      for (const reading of left) {
        const next = await reading.next();
        if (next === undefined) continue;
        open.push(reading);
        yield next.value;
      }
      left = open;
    }
  } finally {
    await Promise.all(readings.map((reading) => reading.stop()));
  }
}

/** Reads a source ahead of who asks for what it gives. */
class Reading<T> {
  readonly #heard = new Heard<{ readonly value: T }>();
  readonly #reading: Promise<void>;
  #failure: { readonly error: unknown } | undefined;
  #isStopped = false;

  constructor(source: AsyncGenerator<T>) {
    this.#reading = this.#read(source);
  }

  /** @throws what the source has thrown, after all that it gave before */
  async next(): Promise<{ readonly value: T } | undefined> {
    const next = await this.#heard.next();
    if (next === undefined && this.#failure !== undefined) throw this.#failure.error;
    return next;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#reading;
  }

  async #read(source: AsyncGenerator<T>): Promise<void> {
    try {
      for await (const value of source) {
        this.#heard.add({ value });
        if (this.#isStopped) break;
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#heard.end();
  }
}
