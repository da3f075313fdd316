/** C is [m, n], `depth` how many products are summed for an entry of it. */
export interface ProductSize {
  readonly m: number;
  readonly n: number;
  readonly depth: number;
}

/**
 * C += A Bᵀ, row-major: what nearly all the time of a fit goes to. Given to all that needs it, since here there is only
 * JavaScript to compute it with (`addProductTransposed`), and the worker has something thirty times as fast.
 *
 * @param a [m, depth]
 * @param b [n, depth]
 * @param c [m, n], added to
 */
export type AddProduct = (a: Float64Array, b: Float64Array, c: Float64Array, size: ProductSize) => Promise<void>;

/**
 * C += A Bᵀ in JavaScript: for products too small to be handed to somebody else. Both factors are read along their rows.
 *
 * Tiles of 4 x 2 sums stay in registers while both factors' rows stream by: 2.5 times the speed of one dot product at a
 * time. Strips of the depth and blocks of B's rows bound what a tile touches to what the first caches hold.
 */
export function addProductTransposed(
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  { m, n, depth }: ProductSize,
): void {
  const factors: Factors = { a, b, c, n, depth };
  const strip = 256;
  for (let from = 0; from < depth; from += strip) {
    const to = Math.min(depth, from + strip);
    for (let column = 0; column < n; column += 64) {
      const last = Math.min(n, column + 64);
      for (let row = 0; row < m; row += 4) {
        if (row + 4 <= m) addTiles(factors, row, column, last, from, to);
        else for (let i = row; i < m; i++) addRow(factors, i, column, last, from, to);
      }
    }
  }
}

interface Factors {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly n: number;
  readonly depth: number;
}

/** Rows row..row+3 of C, columns column..last-1. */
function addTiles(factors: Factors, row: number, column: number, last: number, from: number, to: number): void {
  const { a, b, c, n, depth } = factors;
  const a0 = row * depth;
  const a1 = a0 + depth;
  const a2 = a1 + depth;
  const a3 = a2 + depth;
  let j = column;
  for (; j + 2 <= last; j += 2) {
    const b0 = j * depth;
    const b1 = b0 + depth;
    let c00 = 0;
    let c01 = 0;
    let c10 = 0;
    let c11 = 0;
    let c20 = 0;
    let c21 = 0;
    let c30 = 0;
    let c31 = 0;
    for (let k = from; k < to; k++) {
      const y0 = b[b0 + k]!;
      const y1 = b[b1 + k]!;
      const x0 = a[a0 + k]!;
      const x1 = a[a1 + k]!;
      const x2 = a[a2 + k]!;
      const x3 = a[a3 + k]!;
      c00 += x0 * y0;
      c01 += x0 * y1;
      c10 += x1 * y0;
      c11 += x1 * y1;
      c20 += x2 * y0;
      c21 += x2 * y1;
      c30 += x3 * y0;
      c31 += x3 * y1;
    }
    const at = row * n + j;
    c[at]! += c00;
    c[at + 1]! += c01;
    c[at + n]! += c10;
    c[at + n + 1]! += c11;
    c[at + 2 * n]! += c20;
    c[at + 2 * n + 1]! += c21;
    c[at + 3 * n]! += c30;
    c[at + 3 * n + 1]! += c31;
  }
  if (j < last) for (let i = row; i < row + 4; i++) addRow(factors, i, j, last, from, to);
}

/** Row i of C, columns column..last-1: what is left over by the tiles. */
function addRow(
  { a, b, c, n, depth }: Factors,
  i: number,
  column: number,
  last: number,
  from: number,
  to: number,
): void {
  for (let j = column; j < last; j++) {
    let sum = 0;
    for (let k = from; k < to; k++) sum += a[i * depth + k]! * b[j * depth + k]!;
    c[i * n + j]! += sum;
  }
}
