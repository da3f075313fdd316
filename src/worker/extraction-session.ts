import type { InferenceSession } from 'onnxruntime-node';
import { batchesByLength } from './batches.ts';
import type { SessionShape } from './chat-session.ts';
import { emptyPast } from './kv-cache.ts';
import { floats, promptFeeds } from './prompt-feeds.ts';

/** Most tokens and rows of an extraction batch: larger ones were no faster on two cores, and less often cancellable. */
const maxTokens = 4096;
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

  /** How prompts of these lengths are grouped. */
  batches(lengths: readonly number[]): number[][] {
    return batchesByLength(lengths, maxRows, maxTokens);
  }

  /** Residual stream at the last token of each prompt: a row of [taps * d] each. */
  async run(prompts: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const rows = prompts.length < 2 ? [...prompts, ...prompts] : prompts;
    const longest = Math.max(...rows.map((ids) => ids.length));
    const feeds = { ...promptFeeds(rows, longest, this.#shape.positionIds), ...emptyPast(this.#shape.kv, rows.length) };
    // What was cut off with the upper layers is no input any more, and must not be fed.
    const { inputNames } = this.#session;
    const out = await this.#session.run(
      Object.fromEntries(Object.entries(feeds).filter(([name]) => inputNames.includes(name))),
    );
    const taps = floats(out['residual_taps']);
    return prompts.map((_, row) => taps.slice(row * this.width, (row + 1) * this.width));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
