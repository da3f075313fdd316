import { Tensor } from 'onnxruntime-node';
import { asColumns } from '../../core/onnx/steering-nodes.ts';

/** Steering of all steered layers of a session. */
export interface SteeringTensors {
  /** [L * d] each. */
  readonly w: Float32Array;
  readonly r: Float32Array;
  /** [L]: a row is steered at a layer where its score is above this; -Infinity steers every row. */
  readonly thresholds: Float32Array;
}

/** How far a row is steered, the same at every steered layer. */
export interface RowSteering {
  /** 0 leaves the row as the untouched model has it. */
  readonly strength: number;
  /** So many times r is added to a row that the thresholds let through, whatever its score; 0 when absent. */
  readonly constant?: number;
}

/** What a graph with steering nodes is fed besides tokens and their past (see `SteeringPorts`). */
export class SteeringFeeds {
  readonly #steering: SteeringTensors;
  readonly #layers: number;
  readonly #hiddenSize: number;
  readonly #w: Tensor;
  /** Zeros [rows, L, d] of the most rows that a step had. */
  #zeros = new Float32Array();

  constructor(steering: SteeringTensors, hiddenSize: number) {
    this.#steering = steering;
    this.#layers = steering.thresholds.length;
    this.#hiddenSize = hiddenSize;
    this.#w = new Tensor('float32', asColumns(steering.w, hiddenSize), [hiddenSize, this.#layers]);
  }

  ofPrompts(rows: readonly RowSteering[]): Record<string, Tensor> {
    const thresholds = this.#closed(rows.length);
    for (const [i, row] of rows.entries())
      if (isSteered(row)) thresholds.set(this.#steering.thresholds, i * this.#layers);
    return this.#feeds(
      rows.length,
      this.#timesR(rows.map(({ strength }) => strength)),
      this.#timesR(rows.map(({ constant = 0 }) => constant)),
      thresholds,
    );
  }

  /** Those of a decoding step: steering is for prefill only. */
  ofStep(rows: number): Record<string, Tensor> {
    const size = rows * this.#layers * this.#hiddenSize;
    if (this.#zeros.length < size) this.#zeros = new Float32Array(size);
    const zeros = this.#zeros.subarray(0, size);
    return this.#feeds(rows, zeros, zeros, this.#closed(rows));
  }

  /** Thresholds that no score is above, [rows * L]. */
  #closed(rows: number): Float32Array {
    return new Float32Array(rows * this.#layers).fill(Infinity);
  }

  /** factor · r for each row, [rows * L * d]. */
  #timesR(factors: readonly number[]): Float32Array {
    const { r } = this.#steering;
    const products = new Float32Array(factors.length * r.length);
    for (const [row, factor] of factors.entries()) {
      const rounded = Math.fround(factor); // as onnxruntime multiplies two f32 numbers
      for (let i = 0; i < r.length; i++) products[row * r.length + i] = rounded * r[i]!;
    }
    return products;
  }

  #feeds(rows: number, direction: Float32Array, push: Float32Array, threshold: Float32Array): Record<string, Tensor> {
    const dims = [rows, this.#layers, this.#hiddenSize];
    return {
      steer_w: this.#w,
      steer_direction: new Tensor('float32', direction, dims),
      steer_push: new Tensor('float32', push, dims),
      steer_threshold: new Tensor('float32', threshold, [rows, this.#layers, 1]),
    };
  }
}

export function isSteered({ strength, constant = 0 }: RowSteering): boolean {
  return strength !== 0 || constant !== 0;
}
