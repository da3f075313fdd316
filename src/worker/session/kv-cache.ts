import { Tensor } from 'onnxruntime-node';
import type { CachePorts } from '../../core/onnx/model-ports.ts';
import { newestOf } from '../../core/onnx/newest-entries.ts';

/** What a graph keeps of past tokens: one tensor [batch, heads, positions, size] a layer for keys and one for values. */
export interface KvShape {
  /** Names of input and output of each tensor, and of the output that stands for the latter where rows are appended to: the run's own tokens alone. */
  readonly names: readonly { readonly past: string; readonly present: string; readonly newest: string }[];
  readonly heads: number;
  readonly size: number;
  readonly type: 'float32' | 'float16';
  /** Whether a step appends at each row's own length; else it gives the past with its own tokens at the end. */
  readonly appends: boolean;
}

/** The past of rows that are being replied to. */
export interface KvCache {
  /** Places of a row, as many as its longest row has tokens: left of or after the tokens of shorter ones. */
  readonly width: number;
  /**
   * Takes rows in after those that are there, with what their prefill gave: the outputs `wanted`.
   * @param prompts tokens of each
   */
  add(outputs: Readonly<Record<string, Tensor>>, prompts: readonly number[]): void;
  /** The past of the rows that are there, as inputs; the cache's own until the next {@link keep}. */
  feeds(): Promise<Record<string, Tensor>>;
  /** The outputs that a prefill has to give for {@link add}, and a step for {@link keep}. */
  readonly wanted: readonly string[];
  /**
   * Takes over what a step gave.
   * @param grows whether a row keeps its new token; one that only keeps others company need not
   */
  keep(outputs: Readonly<Record<string, Tensor>>, grows: (row: number) => boolean): void;
  /** Takes row `row` out: the last row moves into its place. */
  drop(row: number): void;
  /** Frees what no garbage collector knows of; nothing is there afterwards. */
  dispose(): void;
}

/** The most that a cache comes to hold. */
export interface KvRoom {
  readonly rows: number;
  /** Tokens of a row. */
  readonly positions: number;
}

/** An empty cache in host memory. Where the graph does not append at each row's own length, rows can be added only while there are none. */
export function openCache(shape: KvShape, room: KvRoom): KvCache {
  return shape.appends ? new AppendedCache(shape, room) : new GrowingCache(shape);
}

/** The names of a cache's tensors by the ports of its layers. */
export function cacheNames(layers: readonly CachePorts[]): KvShape['names'] {
  return layers.flatMap(({ key, value, presentKey, presentValue }) => [
    { past: key.name, present: presentKey.name, newest: newestOf(presentKey.name) },
    { past: value.name, present: presentValue.name, newest: newestOf(presentValue.name) },
  ]);
}

/** Bytes one token of one row takes. */
export function cacheBytesPerToken({ names, heads, size, type }: KvShape): number {
  return names.length * heads * size * (type === 'float16' ? 2 : 4);
}

/** Positions that an appended cache grows by. */
const growth = 16;

/**
 * A cache that each step appends one token a row to, from the step's newest keys and values alone. onnxruntime-node copies
 * every output into new memory, one that was bound to the past's own buffer too: with the whole cache as an output, a step
 * of 32 rows of the quickstart's model took 2.2 times the processor time, one of 64 rows 2.3 times. Rows lie no further apart
 * than the longest one needs, as each step clears room for all positions of its input.
 */
class AppendedCache implements KvCache {
  readonly #shape: KvShape;
  /** Tokens of each row that is left. */
  readonly #lengths: number[] = [];
  /** Positions from one head of a row to the next. */
  #positions = 0;
  /** Room for all rows at their longest, which takes memory where it comes to be used. */
  readonly #buffers: readonly (Float32Array | Uint16Array)[];

  constructor(shape: KvShape, room: KvRoom) {
    this.#shape = shape;
    const positions = Math.ceil(room.positions / growth) * growth;
    const length = room.rows * shape.heads * positions * shape.size;
    this.#buffers = shape.names.map(() =>
      shape.type === 'float16' ? new Uint16Array(length) : new Float32Array(length),
    );
  }

  get width(): number {
    return Math.max(0, ...this.#lengths);
  }

  add(outputs: Readonly<Record<string, Tensor>>, prompts: readonly number[]): void {
    const { heads, size, names } = this.#shape;
    const first = this.#lengths.length;
    this.#makeRoom(Math.max(this.width, ...prompts));
    names.forEach(({ newest }, i) => {
      const block = outputs[newest]!;
      const width = block.dims[2]! * size;
      const values = valuesOf(block);
      for (const [row, length] of prompts.entries())
        for (let head = row * heads; head < (row + 1) * heads; head++)
          this.#buffers[i]!.set(
            values.subarray(head * width, head * width + length * size),
            (first * heads + head) * this.#positions * size,
          );
    });
    this.#lengths.push(...prompts);
  }

  feeds(): Promise<Record<string, Tensor>> {
    const { heads, size, names, type } = this.#shape;
    this.#makeRoom(this.width + 1);
    const dims = [this.#lengths.length, heads, this.#positions, size];
    const used = this.#lengths.length * this.#rowSize;
    const tensors = this.#buffers.map((buffer) => new Tensor(type, buffer.subarray(0, used) as never, dims));
    return Promise.resolve(Object.fromEntries(names.map(({ past }, i) => [past, tensors[i]!])));
  }

  get wanted(): readonly string[] {
    return this.#shape.names.map(({ newest }) => newest);
  }

  keep(outputs: Readonly<Record<string, Tensor>>, grows: (row: number) => boolean): void {
    const { heads, size, names } = this.#shape;
    names.forEach(({ newest }, i) => {
      const entries = valuesOf(outputs[newest]!);
      for (const [row, length] of this.#lengths.entries())
        for (let head = row * heads; head < (row + 1) * heads; head++)
          this.#buffers[i]!.set(
            entries.subarray(head * size, (head + 1) * size),
            (head * this.#positions + length) * size,
          );
    });
    for (const row of this.#lengths.keys()) if (grows(row)) this.#lengths[row]! += 1;
  }

  drop(row: number): void {
    const last = this.#lengths.length - 1;
    const stride = this.#rowSize;
    for (const buffer of this.#buffers) buffer.copyWithin(row * stride, last * stride, (last + 1) * stride);
    this.#lengths[row] = this.#lengths[last]!;
    this.#lengths.pop();
  }

  dispose(): void {
    this.#lengths.length = 0;
  }

  /** Moves the heads apart for `longest` tokens, or together where the longest row has gone. */
  #makeRoom(longest: number): void {
    const { heads, size } = this.#shape;
    const [old, now] = [this.#positions, Math.ceil(longest / growth) * growth];
    if (old === now) return;
    const count = this.#lengths.length * heads;
    const width = Math.min(old, now) * size;
    for (const buffer of this.#buffers)
      for (let i = 0; i < count; i++) {
        const head = now > old ? count - 1 - i : i;
        buffer.copyWithin(head * now * size, head * old * size, head * old * size + width);
      }
    this.#positions = now;
  }

  get #rowSize(): number {
    return this.#shape.heads * this.#positions * this.#shape.size;
  }
}

/** A cache as graphs without GroupQueryAttention have it: each step concatenates past and present into new tensors. */
class GrowingCache implements KvCache {
  readonly #shape: KvShape;
  #past: Record<string, Tensor> = {};

  constructor(shape: KvShape) {
    this.#shape = shape;
  }

  get width(): number {
    return this.#past[this.#shape.names[0]!.past]?.dims[2] ?? 0;
  }

  add(outputs: Readonly<Record<string, Tensor>>): void {
    this.keep(outputs);
  }

  feeds(): Promise<Record<string, Tensor>> {
    return Promise.resolve(this.#past);
  }

  get wanted(): readonly string[] {
    return this.#shape.names.map(({ present }) => present);
  }

  keep(outputs: Readonly<Record<string, Tensor>>): void {
    this.#past = Object.fromEntries(this.#shape.names.map(({ past, present }) => [past, outputs[present]!]));
  }

  drop(row: number): void {
    this.#past = Object.fromEntries(
      Object.entries(this.#past).map(([name, tensor]) => [name, withoutRow(tensor, row)]),
    );
  }

  dispose(): void {
    this.#past = {};
  }
}

function withoutRow(tensor: Tensor, row: number): Tensor {
  const { type, dims } = tensor;
  const values = valuesOf(tensor);
  const [rows, ...rest] = dims as [number, ...number[]];
  const stride = values.length / rows;
  values.copyWithin(row * stride, (rows - 1) * stride, rows * stride);
  return new Tensor(type, values.subarray(0, (rows - 1) * stride) as never, [rows - 1, ...rest]);
}

function valuesOf({ data }: Tensor): Float32Array | Uint16Array {
  return data as Float32Array | Uint16Array;
}

/** The past inputs of a first step, with no positions in them. */
export function emptyPast({ names, heads, size, type }: KvShape, rows: number): Record<string, Tensor> {
  const data = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
  return Object.fromEntries(names.map(({ past }) => [past, new Tensor(type, data as never, [rows, heads, 0, size])]));
}
