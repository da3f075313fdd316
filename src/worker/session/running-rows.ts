import type { Tensor } from 'onnxruntime-node';
import type { KvCache } from './kv-cache.ts';
import type { RawReply, ReplyOptions } from './raw-reply.ts';

/** A reply, and the index of its row among those given. */
export interface Finished {
  readonly row: number;
  readonly reply: RawReply;
}

/** A row after its prefill. */
export interface Prefilled extends Pick<RawReply, 'scores' | 'norms' | 'taps'> {
  /** Its index among the rows given; undefined for a row that only keeps others company. */
  readonly row: number | undefined;
  /** Tokens of its prompt. */
  readonly prompt: number;
  /** Its first new token. */
  readonly token: number;
}

interface Running {
  /** Undefined also once its reply was handed over. */
  row: number | undefined;
  readonly measured: Pick<RawReply, 'scores' | 'norms' | 'taps'>;
  /** Tokens that the cache holds. */
  past: number;
  /** The one after them. */
  token: number;
  readonly tokens: number[];
  ended: boolean;
  stopped: boolean;
}

/** The rows that steps of decoding run with, and their past: rows come in, grow token by token, and leave as they end. */
export class RunningRows {
  readonly #rows: Running[] = [];
  readonly #cache: KvCache;
  readonly #options: ReplyOptions;
  readonly #fewest: number;

  /** @param fewest rows that a step needs: so many stay, ended or not, until all have ended */
  constructor(cache: KvCache, options: ReplyOptions, fewest: number) {
    this.#cache = cache;
    this.#options = options;
    this.#fewest = fewest;
  }

  /** What the next step is about. */
  get next(): readonly { readonly past: number; readonly token: number }[] {
    return this.#rows;
  }

  /** @param outputs of the rows' prefill */
  join(rows: readonly Prefilled[], outputs: Readonly<Record<string, Tensor>>): void {
    this.#cache.add(
      outputs,
      rows.map(({ prompt }) => prompt),
    );
    for (const { row, prompt, token, ...measured } of rows) {
      const ended = row === undefined;
      const running: Running = { row, measured, past: prompt, token, tokens: [], ended, stopped: false };
      this.#rows.push(running);
      this.#take(running, token);
    }
  }

  /** @param tokens the next one of each row, by the step that gave `outputs` */
  step(tokens: readonly number[], outputs: Readonly<Record<string, Tensor>>): void {
    this.#cache.keep(outputs, (row) => !this.#rows[row]!.ended);
    for (const [i, running] of this.#rows.entries()) {
      if (!running.ended) running.past += 1;
      this.#take(running, tokens[i]!);
    }
  }

  /** The replies that have ended since; their rows leave. */
  finish(): Finished[] {
    const finished: Finished[] = [];
    for (const running of this.#rows) {
      const { row, ended, tokens, stopped, measured } = running;
      if (!ended || row === undefined) continue;
      finished.push({ row, reply: { tokens, stopped, ...measured } });
      running.row = undefined;
    }
    const fewest = this.#rows.every(({ ended }) => ended) ? 0 : this.#fewest;
    for (let i = this.#rows.length - 1; i >= 0; i--) {
      if (!this.#rows[i]!.ended || this.#rows.length <= fewest) continue;
      this.#cache.drop(i);
      this.#rows[i] = this.#rows.at(-1)!;
      this.#rows.pop();
    }
    return finished;
  }

  #take(running: Running, token: number): void {
    const options = this.#options;
    const { row, tokens, ended } = running;
    if (ended || row === undefined) return;
    running.token = token;
    if (options.endTokens.has(token)) {
      running.ended = true;
      return;
    }
    tokens.push(token);
    options.onToken?.(row, token);
    const isFull = tokens.length === options.maxNewTokens;
    running.stopped = !isFull && options.isEnough?.(row, tokens) === true;
    running.ended = isFull || running.stopped;
  }
}
