import type { InferenceSession } from 'onnxruntime-node';
import type { TokenIds } from '../../core/token-ids.ts';
import { batchesByLength } from './batches.ts';
import type { SessionShape } from './chat-session.ts';
import { emptyPast } from './kv-cache.ts';
import { batchesByPrefix, packedFeeds } from './packed-prompts.ts';
import { floats, promptFeeds } from './prompt-feeds.ts';
import { runSession } from './session.ts';

/**
 * Most tokens and rows of an extraction batch: larger ones were no faster on two cores, and less often cancellable. With 4096
 * tokens 300 prompts of the quickstart took as much processor time and 0.1 GB more, with 1024 2 % more and 0.1 GB less.
 */
const maxTokens = 2048;
const maxRows = 64;

/** A loaded graph cut off above its last tap: activations only, no logits, no past. */
export class ExtractionSession {
  readonly #session: InferenceSession;
  readonly #shape: SessionShape;

  constructor(session: InferenceSession, shape: SessionShape) {
    this.#session = session;
    this.#shape = shape;
  }

  /** f32 values of a row: taps * d. */
  get width(): number {
    return this.#shape.tappedLayers * this.#shape.hiddenSize;
  }

  /** How prompts are grouped for {@link run}. */
  batches(prompts: readonly TokenIds[]): number[][] {
    if (this.#shape.packed) return batchesByPrefix(prompts, maxRows, maxTokens);
    return batchesByLength(
      prompts.map((ids) => ids.length),
      this.#shape.rowsTouch ? 1 : maxRows,
      maxTokens,
    );
  }

  /** Residual stream at the last token of each prompt: a row of [taps * d] each. */
  async run(prompts: readonly TokenIds[]): Promise<Float32Array[]> {
    return this.#shape.packed ? this.#runPacked(prompts) : this.#runPadded(prompts);
  }

  async #runPacked(prompts: readonly TokenIds[]): Promise<Float32Array[]> {
    const taps = await this.#taps(packedFeeds(prompts, this.#shape.positionIds), prompts.length);
    return prompts.map((_, row) => taps.slice(row * this.width, (row + 1) * this.width));
  }

  async #runPadded(prompts: readonly TokenIds[]): Promise<Float32Array[]> {
    const rows = prompts.length < 2 && !this.#shape.rowsTouch ? [...prompts, ...prompts] : prompts;
    const longest = Math.max(...rows.map((ids) => ids.length));
    const taps = await this.#taps(promptFeeds(rows, longest, this.#shape.positionIds), rows.length);
    return prompts.map((_, row) => taps.slice(row * this.width, (row + 1) * this.width));
  }

  async #taps(prompts: ReturnType<typeof promptFeeds>, rows: number): Promise<Float32Array> {
    const out = await runSession(this.#session, { ...prompts, ...emptyPast(this.#shape.kv, rows) });
    return floats(out['residual_taps']);
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
