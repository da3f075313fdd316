import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { TokenIds } from '../core/token-ids.ts';
import { batchesByLength } from './batches.ts';
import { cacheBytesPerToken, openCache, type KvCache, type KvShape } from './kv-cache.ts';
import type { Job } from './job.ts';
import { batchesByPrefix, packedFeeds, packedStep } from './packed-prompts.ts';
import { floats, promptFeeds, stepFeeds, type Padding } from './prompt-feeds.ts';
import { runSession } from './run-session.ts';

/**
 * Most rows of a batch, and most places of a prefill. A step unpacks the int4 weights once for all rows, a fifth of its time
 * at 64: half the rows took 12 % more processor time, half again as many with twice the places 7 % less and 0.5 GB more.
 */
const maxRows = 64;
const maxPrefillPlaces = 4096;
/** Fewest rows of a batch, unless asked otherwise: a single row takes kernels that round otherwise. */
const leastRows = 2;
/** Most bytes the KV cache of a batch may take. */
const maxCacheBytes = 1024 ** 3;

/** The output of the likeliest token, the first of equal ones. */
const nextToken = 'next_token';

/** One prompt to reply to. */
export interface PromptRow {
  readonly ids: TokenIds;
  /** The same at every steered layer; 0 leaves the row as the untouched model has it. */
  readonly strength: number;
  /** So many times r is added to a row that the thresholds let through, whatever its score; 0 when absent. */
  readonly constant?: number;
}

export interface ReplyOptions {
  readonly maxNewTokens: number;
  readonly endTokens: ReadonlySet<number>;
  /** A row may be run without another beside it: as other software replies to one prompt, and rounded otherwise. */
  readonly alone?: boolean;
  /** Told of each new token of each row as it comes; row is the index in the rows given. */
  onToken?(row: number, token: number): void;
  /** Whether a row may end with these tokens though its reply goes on; asked after each but the last one it may have. */
  isEnough?(row: number, tokens: readonly number[]): boolean;
  /** Told of the first new token's logits [vocabulary], valid during the call only. */
  onFirstLogits?(row: number, logits: Float32Array): void;
}

export interface RawReply {
  readonly tokens: readonly number[];
  /** `isEnough` ended it. */
  readonly stopped: boolean;
  /** s = h_last · w and ‖h_last‖ per steered layer of the session. */
  readonly scores: Float32Array;
  readonly norms: Float32Array;
  /** Residual stream of the last prompt token at the session's tapped layers, [taps * d]. */
  readonly taps: Float32Array;
}

/** Steering of all steered layers of a session. */
export interface SteeringTensors {
  /** [L * d] each. */
  readonly w: Float32Array;
  readonly r: Float32Array;
  /** [L]: a row is steered at a layer where its score is above this; -Infinity steers every row. */
  readonly thresholds: Float32Array;
}

/** What a session of an edited graph needs to know of it. */
export interface SessionShape {
  readonly kv: KvShape;
  readonly hiddenSize: number;
  readonly steeredLayers: number;
  readonly tappedLayers: number;
  readonly vocabulary: number;
  readonly positionIds: boolean;
  /** Rows of a batch change each other's numbers, so that only a batch of 1 can be compared. */
  readonly rowsTouch: boolean;
  /** The graph takes prompts packed: tokens that unsteered ones share are computed once, and none for padding. */
  readonly packed: boolean;
}

interface LiveRow {
  /** Index among the rows given. */
  readonly row: number;
  readonly prompt: number;
  readonly tokens: number[];
  ended: boolean;
  stopped: boolean;
}

/** A loaded graph with taps and steering inputs: prefill and greedy decoding of batches. */
export class ChatSession {
  readonly #session: InferenceSession;
  readonly #steps: InferenceSession;
  readonly #shape: SessionShape;
  #steering: Readonly<Record<'steer_w' | 'steer_r' | 'steer_threshold', Tensor>>;

  /** @param steps what decodes, where the model has a graph of its own for that */
  constructor(session: InferenceSession, shape: SessionShape, steps = session) {
    this.#session = session;
    this.#steps = steps;
    this.#shape = shape;
    const zeros = new Float32Array(shape.steeredLayers * shape.hiddenSize);
    this.#steering = this.#tensors({ w: zeros, r: zeros, thresholds: new Float32Array(shape.steeredLayers) });
  }

  setSteering(steering: SteeringTensors): void {
    this.#steering = this.#tensors(steering);
  }

  async release(): Promise<void> {
    await this.#session.release();
    if (this.#steps !== this.#session) await this.#steps.release();
  }

  /** Batches of rows for {@link reply}; the same rows give the same batches. */
  batches(rows: readonly PromptRow[], maxNewTokens: number): number[][] {
    const longest = rows.reduce((most, { ids }) => Math.max(most, ids.length), 1) + maxNewTokens;
    const rowsInCache = Math.max(1, Math.floor(maxCacheBytes / (cacheBytesPerToken(this.#shape.kv) * longest)));
    const most = this.#shape.rowsTouch ? 1 : Math.min(maxRows, rowsInCache);
    const prompts = rows.map(({ ids }) => ids);
    if (this.#shape.packed) return batchesByPrefix(prompts, most, maxPrefillPlaces);
    return batchesByLength(
      prompts.map(({ length }) => length),
      most,
      maxPrefillPlaces,
    );
  }

  /**
   * Greedy replies to one batch. A lone row is run beside a copy of itself, unless `alone`: kernels for a single row
   * round otherwise than those for several, and a row must not change with the company it happens to have.
   * @throws {CancelledError}
   */
  async reply(rows: readonly PromptRow[], options: ReplyOptions, job: Pick<Job, 'checkpoint'>): Promise<RawReply[]> {
    const { maxNewTokens, endTokens, alone = this.#shape.rowsTouch } = options;
    if (this.#shape.rowsTouch && rows.length > 1) return await this.#oneByOne(rows, options, job);
    const fewest = alone ? 1 : leastRows;
    const padded = rows.length < fewest ? [...rows, ...rows] : rows;
    const longest = Math.max(...padded.map(({ ids }) => ids.length));
    const prompts = padded.map(({ ids }) => ids.length);
    const cache = openCache(this.#shape.kv, prompts, longest, maxNewTokens);
    const first = await this.#prefill(padded, longest, cache, options.onFirstLogits !== undefined);
    const live: LiveRow[] = padded.map(({ ids }, row) => ({
      row,
      prompt: ids.length,
      tokens: [],
      ended: false,
      stopped: false,
    }));
    const all = [...live];
    const { vocabulary } = this.#shape;
    if (first.logits)
      for (const row of rows.keys())
        options.onFirstLogits?.(row, first.logits.subarray(row * vocabulary, (row + 1) * vocabulary));

    let next = first.next;
    for (let step = 0; step < maxNewTokens; step++) {
      for (let i = live.length - 1; i >= 0; i--) {
        const state = live[i]!;
        const token = next[i]!;
        if (state.ended) continue;
        state.ended = endTokens.has(token);
        if (!state.ended) {
          state.tokens.push(token);
          if (state.row < rows.length) options.onToken?.(state.row, token);
          // A lone row and its copy end together.
          state.stopped = step < maxNewTokens - 1 && options.isEnough?.(state.row % rows.length, state.tokens) === true;
          state.ended = state.stopped;
        }
      }
      for (let i = live.length - 1; i >= 0; i--) {
        if (!live[i]!.ended || live.length <= fewest) continue;
        cache.drop(i);
        live[i] = live.at(-1)!;
        next[i] = next.at(-1)!;
        live.pop();
        next.pop();
      }
      if (live.every(({ ended }) => ended) || step === maxNewTokens - 1) break;
      await job.checkpoint();
      next = await this.#decode(live, next, { step: step + 1, longest, cache });
    }
    return rows.map((_, row) => ({
      tokens: all[row]!.tokens,
      stopped: all[row]!.stopped,
      scores: slice(first.scores, row, this.#shape.steeredLayers),
      norms: slice(first.norms, row, this.#shape.steeredLayers),
      taps: slice(first.taps, row, this.#shape.tappedLayers * this.#shape.hiddenSize),
    }));
  }

  async #oneByOne(
    rows: readonly PromptRow[],
    options: ReplyOptions,
    job: Pick<Job, 'checkpoint'>,
  ): Promise<RawReply[]> {
    const replies: RawReply[] = [];
    for (const [row, prompt] of rows.entries()) {
      const told: ReplyOptions = {
        ...options,
        onToken: (_, token) => options.onToken?.(row, token),
        ...(options.isEnough && { isEnough: (_, tokens) => options.isEnough!(row, tokens) }),
        onFirstLogits: (_, logits) => options.onFirstLogits?.(row, logits),
      };
      replies.push(...(await this.reply([prompt], told, job)));
    }
    return replies;
  }

  get #padding(): Padding {
    return this.#shape.kv.appends ? 'right' : 'left';
  }

  async #prefill(
    rows: readonly PromptRow[],
    longest: number,
    cache: KvCache,
    wantsLogits: boolean,
  ): Promise<{
    next: number[];
    logits: Float32Array | undefined;
    scores: Float32Array;
    norms: Float32Array;
    taps: Float32Array;
  }> {
    const out = await runSession(
      this.#session,
      {
        ...this.#promptFeeds(rows, longest),
        ...cache.feeds(),
        ...this.#steering,
        steer_strength: this.#perLayer(rows.map(({ strength }) => strength)),
        steer_constant: this.#perLayer(rows.map(({ constant = 0 }) => constant)),
      },
      [...cache.wanted, nextToken, 'steer_scores', 'steer_norms', 'residual_taps', ...(wantsLogits ? ['logits'] : [])],
    );
    cache.keep(out);
    return {
      next: tokensOf(out[nextToken]),
      logits: wantsLogits ? floats(out['logits']) : undefined,
      scores: floats(out['steer_scores']),
      norms: floats(out['steer_norms']),
      taps: floats(out['residual_taps']),
    };
  }

  #promptFeeds(rows: readonly PromptRow[], longest: number): Record<string, Tensor> {
    const { packed, positionIds } = this.#shape;
    const prompts = rows.map(({ ids }) => ids);
    if (packed) return packedFeeds(prompts, positionIds, (row) => isUnsteered(rows[row]!));
    return promptFeeds(prompts, longest, positionIds, this.#padding);
  }

  async #decode(
    live: readonly LiveRow[],
    tokens: readonly number[],
    { step, longest, cache }: { step: number; longest: number; cache: KvCache },
  ): Promise<number[]> {
    const none = this.#perLayer(live.map(() => 0)); // steering is for prefill only
    // Where each row's cache ends at its own length, what is longer than every row that is left need not be masked.
    const block = this.#padding === 'left' ? longest : Math.max(...live.map(({ prompt }) => prompt));
    const rows = live.map(({ prompt }, i) => ({ prompt, token: tokens[i]! }));
    const { packed, positionIds } = this.#shape;
    const feeds = stepFeeds(rows, step, { longest: block, padding: this.#padding, positionIds });
    const out = await runSession(
      this.#steps,
      {
        ...(packed ? packedStep(feeds) : feeds),
        ...cache.feeds(),
        ...this.#steering,
        steer_strength: none,
        steer_constant: none,
      },
      [...cache.wanted, nextToken],
    );
    cache.keep(out);
    return tokensOf(out[nextToken]);
  }

  /** One number a row, the same at every steered layer: [rows, L]. */
  #perLayer(values: readonly number[]): Tensor {
    const { steeredLayers } = this.#shape;
    const data = Float32Array.from(
      { length: values.length * steeredLayers },
      (_, i) => values[Math.floor(i / steeredLayers)]!,
    );
    return new Tensor('float32', data, [values.length, steeredLayers]);
  }

  #tensors({ w, r, thresholds }: SteeringTensors): Readonly<Record<'steer_w' | 'steer_r' | 'steer_threshold', Tensor>> {
    const { steeredLayers, hiddenSize } = this.#shape;
    const dims = [steeredLayers, hiddenSize];
    return {
      steer_w: new Tensor('float32', w, dims),
      steer_r: new Tensor('float32', r, dims),
      steer_threshold: new Tensor('float32', thresholds, [steeredLayers]),
    };
  }
}

function isUnsteered({ strength, constant = 0 }: PromptRow): boolean {
  return strength === 0 && constant === 0;
}

function slice(data: Float32Array, row: number, width: number): Float32Array {
  return data.slice(row * width, (row + 1) * width);
}

function tokensOf(tensor: Tensor | undefined): number[] {
  if (!(tensor?.data instanceof BigInt64Array))
    throw new TypeError(`Expected an int64 tensor, got ${tensor?.type ?? 'none'}.`);
  return Array.from(tensor.data, Number);
}
