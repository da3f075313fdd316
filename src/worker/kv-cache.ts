import { Tensor } from 'onnxruntime-node';

/** What a graph keeps of past tokens: one tensor [batch, heads, positions, size] a layer for keys and one for values. */
export interface KvShape {
  /** Names of input and output of each tensor, in pairs. */
  readonly names: readonly { readonly past: string; readonly present: string }[];
  readonly heads: number;
  readonly size: number;
  readonly type: 'float32' | 'float16';
  /** Whether a step appends in place, at each row's own length; else it gives the past with its own tokens at the end. */
  readonly inPlace: boolean;
}

/** The past of a batch's rows, from prefill to the last token. */
export interface KvCache {
  /** The tensors to bind, for the rows that are left. */
  bind(): { feeds: Record<string, Tensor>; fetches: Record<string, Tensor | null> };
  /** Takes over what a step gave. */
  keep(outputs: Readonly<Record<string, Tensor>>): void;
  /** Takes row `row` out: the last row moves into its place. */
  drop(row: number): void;
}

/** @param positions prompt and new tokens of the longest row */
export function openCache(shape: KvShape, rows: number, positions: number): KvCache {
  return shape.inPlace ? new InPlaceCache(shape, rows, positions) : new GrowingCache(shape, rows);
}

/** Bytes one token of one row takes. */
export function cacheBytesPerToken({ names, heads, size, type }: KvShape): number {
  return names.length * heads * size * (type === 'float16' ? 2 : 4);
}

/**
 * A cache bound as past *and* present, so that GroupQueryAttention appends in place: without it each step copies the
 * whole cache, which at 32 rows of the quickstart's model costs half again the step (107 against 71 ms).
 */
class InPlaceCache implements KvCache {
  readonly #shape: KvShape;
  readonly #positions: number;
  readonly #buffers: (Float32Array | Uint16Array)[];
  #rows: number;

  constructor(shape: KvShape, rows: number, positions: number) {
    this.#shape = shape;
    this.#positions = positions;
    this.#rows = rows;
    const length = rows * shape.heads * positions * shape.size;
    this.#buffers = shape.names.map(() =>
      shape.type === 'float16' ? new Uint16Array(length) : new Float32Array(length),
    );
  }

  bind(): ReturnType<KvCache['bind']> {
    const { heads, size, names, type } = this.#shape;
    const feeds: Record<string, Tensor> = {};
    const fetches: Record<string, Tensor> = {};
    const used = this.#rows * heads * this.#positions * size;
    names.forEach(({ past, present }, i) => {
      const dims = [this.#rows, heads, this.#positions, size];
      const tensor = new Tensor(type, this.#buffers[i]!.subarray(0, used) as never, dims);
      feeds[past] = tensor;
      fetches[present] = tensor;
    });
    return { feeds, fetches };
  }

  keep(): void {
    // The session wrote into what was bound.
  }

  drop(row: number): void {
    const stride = this.#shape.heads * this.#positions * this.#shape.size;
    this.#rows -= 1;
    if (row === this.#rows) return;
    for (const buffer of this.#buffers) buffer.copyWithin(row * stride, this.#rows * stride, (this.#rows + 1) * stride);
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

  bind(): ReturnType<KvCache['bind']> {
    return { feeds: this.#past, fetches: Object.fromEntries(this.#shape.names.map(({ present }) => [present, null])) };
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

function withoutRow({ type, data, dims }: Tensor, row: number): Tensor {
  const values = data as Float32Array | Uint16Array;
  const [rows, ...rest] = dims as [number, ...number[]];
  const stride = values.length / rows;
  values.copyWithin(row * stride, (rows - 1) * stride, rows * stride);
  return new Tensor(type, values.subarray(0, (rows - 1) * stride) as never, [rows - 1, ...rest]);
}

/** The past inputs of a first step, with no positions in them. */
export function emptyPast({ names, heads, size, type }: KvShape, rows: number): Record<string, Tensor> {
  const data = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
  return Object.fromEntries(names.map(({ past }) => [past, new Tensor(type, data as never, [rows, heads, 0, size])]));
}
