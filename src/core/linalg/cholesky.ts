import type { AddProduct } from './product.ts';

/** Columns of L found together: what all columns before them take off is one product. */
const block = 32;

/**
 * L of A = L Lᵀ, lower triangular with a positive diagonal, block of columns by block of columns; null when A is not
 * positive definite in f64.
 *
 * @param a [n, n] row-major and symmetric; only the lower triangle is read
 * @returns [n, n], zero above the diagonal
 */
export async function cholesky(a: Float64Array, n: number, addProduct: AddProduct): Promise<Float64Array | null> {
  const l = new Float64Array(n * n);
  const room = new Float64Array(n * Math.min(block, n));
  for (let from = 0; from < n; from += block) {
    const to = Math.min(n, from + block);
    const size = { m: n - from, n: to - from, depth: n };
    // Whole rows of L, whose columns from `from` on are still zero: no copy of a part is needed.
    const before = room.subarray(0, size.m * size.n).fill(0);
    if (from > 0) await addProduct(l.subarray(from * n), l.subarray(from * n, to * n), before, size);
    for (let i = from; i < n; i++) {
      for (let j = from; j < to && j <= i; j++) {
        const known = before[(i - from) * size.n + j - from]!;
        const rest = a[i * n + j]! - known - dotOfRows(l, i * n + from, j * n + from, j - from);
        if (i > j) l[i * n + j] = rest / l[j * n + j]!;
        else if (rest > 0) l[i * n + i] = Math.sqrt(rest);
        else return null;
      }
    }
  }
  return l;
}

/**
 * x of L Lᵀ x = b.
 *
 * @param l [n, n] as `cholesky` gives it
 * @param b [n]
 */
export function solveCholesky(l: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    let rest = x[i]!;
    for (let j = 0; j < i; j++) rest -= l[i * n + j]! * x[j]!;
    x[i] = rest / l[i * n + i]!;
  }
  // Backwards by rows of L, which are the columns of Lᵀ: x[i] is final once all rows below were taken off.
  for (let i = n - 1; i >= 0; i--) {
    x[i]! /= l[i * n + i]!;
    for (let j = 0; j < i; j++) x[j]! -= l[i * n + j]! * x[i]!;
  }
  return x;
}

/** Four sums at once: one sum would wait for itself at every step. */
function dotOfRows(l: Float64Array, p: number, q: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 4 <= length; k += 4) {
    s0 += l[p + k]! * l[q + k]!;
    s1 += l[p + k + 1]! * l[q + k + 1]!;
    s2 += l[p + k + 2]! * l[q + k + 2]!;
    s3 += l[p + k + 3]! * l[q + k + 3]!;
  }
  for (; k < length; k++) s0 += l[p + k]! * l[q + k]!;
  return s0 + s1 + (s2 + s3);
}
