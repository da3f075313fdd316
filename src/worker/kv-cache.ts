import { Tensor } from 'onnxruntime-node';

/** What a graph keeps of past tokens: one tensor [batch, heads, positions, size] a layer for keys and one for values. */
export interface KvShape {
  /** Names of input and output of each tensor, and of the output of the newest token's part [batch, heads, size]. */
  readonly names: readonly { readonly past: string; readonly present: string; readonly newest: string }[];
  readonly heads: number;
  readonly size: number;
  readonly type: 'float32' | 'float16';
  /** Whether a step appends at each row's own length; else it gives the past with its own tokens at the end. */
  readonly appends: boolean;
}

/** The past of a batch's rows, from prefill to the last token. */
export interface KvCache {
  /** The past of the rows that are left, as inputs. */
  feeds(): Record<string, Tensor>;
  /** The outputs that the next step has to give for {@link keep}. */
  readonly wanted: readonly string[];
  /** Takes over what a step gave. */
  keep(outputs: Readonly<Record<string, Tensor>>): void;
  /** Takes row `row` out: the last row moves into its place. */
  drop(row: number): void;
}

/**
 * @param prompts tokens of each row
 * @param longest positions of a row of their block
 */
export function openCache(shape: KvShape, prompts: readonly number[], longest: number, newTokens: number): KvCache {
  return shape.appends
    ? new AppendedCache(shape, prompts, longest + newTokens)
    : new GrowingCache(shape, prompts.length);
}

/** Bytes one token of one row takes. */
export function cacheBytesPerToken({ names, heads, size, type }: KvShape): number {
  return names.length * heads * size * (type === 'float16' ? 2 : 4);
}

/**
 * A cache that each step appends one token a row to, from the step's newest keys and values alone. onnxruntime-node copies
 * every output into new memory, one that was bound to the past's own buffer too: with the whole cache as an output, a step
 * of 32 rows of the quickstart's model took 2.2 times the processor time, one of 64 rows 2.3 times.
 */
class AppendedCache implements KvCache {
  readonly #shape: KvShape;
  readonly #positions: number;
  /** Tokens of each row that is left. */
  readonly #lengths: number[];
  #buffers: readonly (Float32Array | Uint16Array)[] | undefined;

  constructor(shape: KvShape, prompts: readonly number[], positions: number) {
    this.#shape = shape;
    this.#positions = positions;
    this.#lengths = [...prompts];
  }

  feeds(): Record<string, Tensor> {
    if (!this.#buffers) return emptyPast(this.#shape, this.#lengths.length);
    const { heads, size, names, type } = this.#shape;
    const dims = [this.#lengths.length, heads, this.#positions, size];
    const used = this.#lengths.length * this.#rowSize;
    return Object.fromEntries(
      names.map(({ past }, i) => [past, new Tensor(type, this.#buffers![i]!.subarray(0, used) as never, dims)]),
    );
  }

  get wanted(): readonly string[] {
    return this.#shape.names.map(({ present, newest }) => (this.#buffers ? newest : present));
  }

  keep(outputs: Readonly<Record<string, Tensor>>): void {
    if (this.#buffers) this.#append(outputs, this.#buffers);
    else this.#buffers = this.#shape.names.map(({ present }) => this.#spread(outputs[present]!));
  }

  #append(outputs: Readonly<Record<string, Tensor>>, buffers: readonly (Float32Array | Uint16Array)[]): void {
    const { heads, size, names } = this.#shape;
    names.forEach(({ newest }, i) => {
      const entries = valuesOf(outputs[newest]!);
      for (const [row, length] of this.#lengths.entries())
        for (let head = row * heads; head < (row + 1) * heads; head++)
          buffers[i]!.set(entries.subarray(head * size, (head + 1) * size), (head * this.#positions + length) * size);
    });
    for (const row of this.#lengths.keys()) this.#lengths[row]! += 1;
  }

  /** A prefill's block, with room after each row for its new tokens. */
  #spread(block: Tensor): Float32Array | Uint16Array {
    const values = valuesOf(block);
    const { heads, size } = this.#shape;
    const length = this.#lengths.length * this.#rowSize;
    const buffer = values instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length);
    const width = block.dims[2]! * size;
    for (let head = 0; head < this.#lengths.length * heads; head++)
      buffer.set(values.subarray(head * width, (head + 1) * width), head * this.#positions * size);
    return buffer;
  }

  drop(row: number): void {
    const last = this.#lengths.length - 1;
    const stride = this.#rowSize;
    for (const buffer of this.#buffers ?? []) buffer.copyWithin(row * stride, last * stride, (last + 1) * stride);
    this.#lengths[row] = this.#lengths[last]!;
    this.#lengths.pop();
  }

  get #rowSize(): number {
    return this.#shape.heads * this.#positions * this.#shape.size;
  }
}

/** A cache as graphs without GroupQueryAttention have it: each step concatenates past and present into new tensors. */
class GrowingCache implements KvCache {
  readonly #shape: KvShape;
  #past: Record<string, Tensor>;

  constructor(shape: KvShape, rows: number) {
    this.#shape = shape;
    this.#past = emptyPast(shape, rows);
  }

  feeds(): Record<string, Tensor> {
    return this.#past;
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
