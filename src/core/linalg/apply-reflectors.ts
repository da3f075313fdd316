import { addProductTransposed } from './product.ts';
import type { Tridiagonal } from './tridiagonalise.ts';

/** Reflectors taken together: their product is I - V T Vᵀ, and applying that is two products that run at full speed. */
const block = 48;

/**
 * Turns each row z of `rows` into Q z, in place, with the Q of A = Q T Qᵀ: eigenvectors of T become those of A.
 * Compact WY form (Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10, 1989, 53), as LAPACK's dlarft and dlarfb.
 *
 * @param rows [count, n] row-major
 */
export function applyReflectors({ n, reflectors, betas }: Tridiagonal, rows: Float64Array, count: number): void {
  for (let from = 1; from < n; from += block) {
    const size = Math.min(block, n - from);
    // The reflector of row i has i entries; up to the block's longest the rest is zero.
    const length = from + size - 1;
    const v = new Float64Array(size * length);
    for (let i = 0; i < size; i++) v.set(reflectors.subarray((from + i) * n, (from + i) * n + from + i), i * length);
    const t = triangle(v, betas.subarray(from, from + size), size, length);

    const z = { data: rows, from: 0, stride: n };
    const zv = new Float64Array(count * size);
    addProductTransposed(z, v, zv, { m: count, n: size, depth: length });
    const zvt = new Float64Array(count * size);
    addProductTransposed(zv, t, zvt, { m: count, n: size, depth: size });
    addProductTransposed(zvt, negativeTranspose(v, size, length), z, { m: count, n: length, depth: size });
  }
}

/** Tᵀ, [size, size], lower triangular, with H_1 H_2 ... = I - V T Vᵀ; the rows of v are the columns of V. */
function triangle(v: Float64Array, betas: Float64Array, size: number, length: number): Float64Array {
  const products = new Float64Array(size * size);
  addProductTransposed(v, v, products, { m: size, n: size, depth: length, lower: true });
  const t = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    t[i * size + i] = betas[i]!;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += t[k * size + j]! * products[i * size + k]!;
      t[i * size + j] = -betas[i]! * sum;
    }
  }
  return t;
}

function negativeTranspose(v: Float64Array, rows: number, columns: number): Float64Array {
  const transposed = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) transposed[j * rows + i] = -v[i * columns + j]!;
  return transposed;
}
