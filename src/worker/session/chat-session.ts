import type { Tensor } from 'onnxruntime-node';
import { norm } from '../../core/linalg/inner-product.ts';
import type { TokenIds } from '../../core/token-ids.ts';
import { batchesByLength } from './batches.ts';
import { DeviceCache } from './device-cache.ts';
import type { DeviceTensors } from './device-tensors.ts';
import { cacheBytesPerToken, emptyPast, openCache, type KvCache, type KvRoom, type KvShape } from './kv-cache.ts';
import type { Job } from '../job.ts';
import { batchesByPrefix, packedFeeds, packedStep } from './packed-prompts.ts';
import { floats, promptFeeds, stepFeeds, type Padding } from './prompt-feeds.ts';
import type { RawReply, ReplyOptions } from './raw-reply.ts';
import { runSession, type Session } from './session.ts';
import { requireFinite, requireFiniteLogits, type FileOfGraph } from './require-finite.ts';
import { RunningRows, type Finished, type Prefilled } from './running-rows.ts';
import { isSteered, SteeringFeeds, type RowSteering, type SteeringTensors } from './steering-feeds.ts';

/**
 * Most rows that are decoded together, and most places of a prefill. A step unpacks the int4 weights once for all rows, a
 * fifth of its time at 64: in batches that no row came into later, half the rows took 12 % more processor time, half again
 * as many with twice the places 7 % less and 0.5 GB more.
 */
const maxRows = 64;
const maxPrefillPlaces = 4096;
/**
 * Most places of a prefill that rows come in by. It gives the keys and values of all places, which are in memory three times
 * until they are in the cache: with 4096 the peak of 100 prompts of the quickstart was 0.2 GB higher, with 1024 0.1 GB lower
 * than now, for 1 to 2 % more processor time.
 */
const maxJoiningPlaces = 2048;
/**
 * Part of the places that has to be free for rows to come in. Against batches of 64 that no row came into, 200 prompts of the
 * quickstart took 10 % less processor time at 64 new tokens and 21 % less at 256, the prefill included.
 */
const freeToJoin = 1 / 4;
/** Rows of a batch to each place: the more, the less often places stay free at its end, and the more is made again where a run was stopped. */
const turns = 4;
/** Fewest rows of a batch, unless asked otherwise: a single row takes kernels that round otherwise. */
const leastRows = 2;
/** Most bytes the KV cache of a batch may take. */
const maxCacheBytes = 1024 ** 3;

/** The outputs of the likeliest token, the first of equal ones, and of its logit. */
export const [nextToken, nextLogit] = ['next_token', 'next_logit'] as const;

/** One prompt to reply to. */
export interface PromptRow extends RowSteering {
  readonly ids: TokenIds;
}

/** What a session of an edited graph needs to know of it. */
export interface SessionShape {
  readonly kv: KvShape;
  readonly hiddenSize: number;
  /** Layers whose residual is handed over. */
  readonly tappedLayers: number;
  readonly positionIds: boolean;
  /** Rows of a batch change each other's numbers, so that only a batch of 1 can be compared. */
  readonly rowsTouch: boolean;
  /** The graph takes prompts packed: tokens that unsteered ones share are computed once, and none for padding. */
  readonly packed: boolean;
}

/** What a session for replies needs to know besides. */
export interface ChatShape extends SessionShape {
  /** Where each steered layer is among those whose residual the graph gives, the tapped ones first. */
  readonly steeredTaps: readonly number[];
  /** These layers by their numbers. */
  readonly readLayers: readonly number[];
  readonly folder: FileOfGraph;
}

/** What a chat session has besides the session of its prompts. */
export interface ChatParts {
  /** What decodes, where the model has a graph of its own for that. */
  readonly steps?: Session;
  /** What keeps the KV cache on the device, where the sessions leave it there; else it is kept in host memory. */
  readonly device?: DeviceTensors;
}

/** A loaded graph with taps and steering inputs: prefill and greedy decoding of batches. */
export class ChatSession {
  readonly #session: Session;
  readonly #steps: Session;
  readonly #device: DeviceTensors | undefined;
  readonly #shape: ChatShape;
  #steering: SteeringFeeds;

  constructor(session: Session, shape: ChatShape, { steps = session, device }: ChatParts = {}) {
    this.#session = session;
    this.#steps = steps;
    this.#device = device;
    this.#shape = shape;
    const { length } = shape.steeredTaps;
    const zeros = new Float32Array(length * shape.hiddenSize);
    this.#steering = new SteeringFeeds({ w: zeros, r: zeros, thresholds: new Float32Array(length) }, shape.hiddenSize);
  }

  setSteering(steering: SteeringTensors): void {
    this.#steering = new SteeringFeeds(steering, this.#shape.hiddenSize);
  }

  async release(): Promise<void> {
    await this.#session.release();
    if (this.#steps !== this.#session) await this.#steps.release();
    await this.#device?.release();
  }

  /**
   * Batches of rows for {@link replies}, each with a schedule of its own; the same rows give the same batches.
   * @param lanes sessions that share a batch out among them
   */
  batches(rows: readonly PromptRow[], maxNewTokens: number, lanes = 1): number[][] {
    const places = this.#places(longestOf(rows) + maxNewTokens) * lanes;
    const [most, prefill] = this.#joins ? [places * turns, Infinity] : [places, maxPrefillPlaces];
    const prompts = rows.map(({ ids }) => ids);
    if (this.#shape.packed) return batchesByPrefix(prompts, most, prefill);
    return batchesByLength(
      prompts.map(({ length }) => length),
      most,
      prefill,
    );
  }

  /** {@link replies}, in the order of the rows. @throws {HumanError} @throws {CancelledError} */
  async reply(rows: readonly PromptRow[], options: ReplyOptions, job: Pick<Job, 'checkpoint'>): Promise<RawReply[]> {
    const made: RawReply[] = [];
    for await (const finished of this.replies(rows, options, job))
      for (const { row, reply } of finished) made[row] = reply;
    return made;
  }

  /**
   * Greedy replies to one batch, each handed over as it ends. Where the cache appends at each row's own length, the places
   * of rows that have ended are taken by the next ones: the schedule follows from the rows alone. A lone row is run beside a
   * copy of itself: kernels for a single row round otherwise than those for several, and a row must not change with the
   * company it happens to have. With `alone` each row is run by itself, one after the other.
   * @throws {HumanError} activations or logits are no finite numbers
   * @throws {CancelledError}
   */
  async *replies(
    rows: readonly PromptRow[],
    options: ReplyOptions,
    job: Pick<Job, 'checkpoint'>,
  ): AsyncGenerator<readonly Finished[]> {
    const { maxNewTokens, alone = this.#shape.rowsTouch } = options;
    const fewest = alone ? 1 : leastRows;
    const positions = longestOf(rows) + maxNewTokens;
    const most = alone || !this.#joins ? 1 : Math.min(this.#places(positions), rows.length);
    const places = Math.max(fewest, most);
    const cache = this.#openCache({ rows: places, positions });
    const running = new RunningRows(cache, options, fewest);
    try {
      for (let from = 0; from < rows.length || running.next.length > 0;) {
        const coming = this.#coming(rows.slice(from), running.next.length, places, alone);
        if (coming.length > 0) await this.#join(running, cache, coming, from, fewest, options);
        else await this.#step(running, cache);
        from += coming.length;
        const finished = running.finish();
        if (finished.length > 0) yield finished;
        await job.checkpoint();
      }
    } finally {
      cache.dispose();
    }
  }

  #openCache(room: KvRoom): KvCache {
    const { kv } = this.#shape;
    return this.#device ? new DeviceCache(kv, this.#device) : openCache(kv, room);
  }

  /** Whether rows can come into a batch that is under way. */
  get #joins(): boolean {
    return this.#shape.kv.appends && !this.#shape.rowsTouch;
  }

  /** Rows that can be decoded together. @param positions tokens of the longest */
  #places(positions: number): number {
    const inCache = Math.floor(maxCacheBytes / (cacheBytesPerToken(this.#shape.kv) * positions));
    return this.#shape.rowsTouch ? 1 : Math.max(1, Math.min(maxRows, inCache));
  }

  /** Those of the rows left that come in beside so many that are running. */
  #coming(left: readonly PromptRow[], running: number, places: number, alone: boolean): readonly PromptRow[] {
    if (!this.#joins) return running > 0 ? [] : left.slice(0, alone || this.#shape.rowsTouch ? 1 : left.length);
    const free = Math.min(places - running, left.length);
    if (free < Math.min(left.length, places, Math.max(leastRows, places * freeToJoin))) return [];
    let longest = 0;
    const end = left.slice(0, free).findIndex(({ ids }, i) => {
      longest = Math.max(longest, ids.length);
      return i > 0 && (i + 1) * longest > maxJoiningPlaces;
    });
    return left.slice(0, end < 0 ? free : end);
  }

  get #padding(): Padding {
    return this.#shape.kv.appends ? 'right' : 'left';
  }

  /** @param from the index of the first of `coming` among the rows given */
  async #join(
    running: RunningRows,
    cache: KvCache,
    coming: readonly PromptRow[],
    from: number,
    fewest: number,
    options: ReplyOptions,
  ): Promise<void> {
    const asked = coming.length < fewest ? [...coming, ...coming] : coming;
    const wantsLogits = options.onFirstLogits !== undefined;
    const out = await runSession(
      this.#session,
      {
        ...this.#promptFeeds(asked),
        ...emptyPast(this.#shape.kv, asked.length),
        ...this.#steering.ofPrompts(asked),
      },
      [...cache.wanted, ...[nextToken, nextLogit, 'steer_scores', 'residual_taps'], ...(wantsLogits ? ['logits'] : [])],
    );
    const { steeredTaps, readLayers, tappedLayers, hiddenSize, folder } = this.#shape;
    const residuals = out['residual_taps']!;
    const logits = wantsLogits ? floats(out['logits']) : new Float32Array();
    const vocabulary = logits.length / asked.length;
    const tokens = tokensOf(out[nextToken]);
    const company = Math.max(0, fewest - running.next.length - coming.length);
    const prefilled = asked.slice(0, coming.length + company).map(({ ids }, i): Prefilled => {
      const row = i < coming.length ? from + i : undefined;
      const ofRow = slice(floats(residuals), i, residuals.size / asked.length);
      requireFinite(ofRow, readLayers, this.#shape, isSteered(asked[i]!));
      requireFiniteLogits(slice(floats(out[nextLogit]), i, 1), folder, isSteered(asked[i]!));
      if (row !== undefined) options.onFirstLogits?.(row, logits.subarray(i * vocabulary, (i + 1) * vocabulary));
      return {
        row,
        prompt: ids.length,
        token: tokens[i]!,
        scores: slice(floats(out['steer_scores']), i, steeredTaps.length),
        norms: Float32Array.from(steeredTaps, (at) => norm(slice(ofRow, at, hiddenSize))),
        taps: ofRow.subarray(0, tappedLayers * hiddenSize),
      };
    });
    running.join(prefilled, out);
  }

  #promptFeeds(rows: readonly PromptRow[]): Record<string, Tensor> {
    const { packed, positionIds } = this.#shape;
    const prompts = rows.map(({ ids }) => ids);
    if (packed) return packedFeeds(prompts, positionIds, (row) => !isSteered(rows[row]!));
    return promptFeeds(prompts, longestOf(rows), positionIds, this.#padding);
  }

  async #step(running: RunningRows, cache: KvCache): Promise<void> {
    const { packed, positionIds } = this.#shape;
    const feeds = stepFeeds(running.next, { width: cache.width + 1, padding: this.#padding, positionIds });
    const out = await runSession(
      this.#steps,
      {
        ...(packed ? packedStep(feeds) : feeds),
        ...(await cache.feeds()),
        ...this.#steering.ofStep(running.next.length),
      },
      [...cache.wanted, nextToken, nextLogit],
    );
    requireFiniteLogits(floats(out[nextLogit]), this.#shape.folder);
    running.step(tokensOf(out[nextToken]), out);
  }
}

function longestOf(rows: readonly PromptRow[]): number {
  return rows.reduce((most, { ids }) => Math.max(most, ids.length), 1);
}

function slice(data: Float32Array, row: number, width: number): Float32Array {
  return data.slice(row * width, (row + 1) * width);
}

function tokensOf(tensor: Tensor | undefined): number[] {
  if (!(tensor?.data instanceof BigInt64Array))
    throw new TypeError(`Expected an int64 tensor, got ${tensor?.type ?? 'none'}.`);
  return Array.from(tensor.data, Number);
}
