import type { AddProduct } from './product.ts';
import type { Tridiagonal } from './tridiagonalise.ts';

/** Reflectors taken together: their product is I - V T Vᵀ, and applying that is two products that run at full speed. */
const block = 64;

/**
 * Turns each row z of `rows` into Q z, in place, with the Q of A = Q T Qᵀ: eigenvectors of T become those of A.
 * Compact WY form (Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10, 1989, 53), as LAPACK's dlarft and dlarfb.
 *
 * @param rows [count, n] row-major
 */
export async function applyReflectors(
  { n, reflectors, betas }: Tridiagonal,
  rows: Float64Array,
  count: number,
  addProduct: AddProduct,
): Promise<void> {
  // Used again by each block: megabytes that come and go make the collector run in the middle.
  const transposed = new Float64Array(n * block);
  const vt = new Float64Array(n * block);
  const zv = new Float64Array(count * block);
  for (let from = 1; from < n; from += block) {
    const size = Math.min(block, n - from);
    // The columns of V as rows, [size, n].
    const v = reflectors.subarray(from * n, (from + size) * n);
    const t = await triangle(v, betas.subarray(from, from + size), n, addProduct);
    negativeTranspose(v, size, n, transposed);
    const minusVt = vt.subarray(0, n * size).fill(0);
    await addProduct(transposed.subarray(0, n * size), t, minusVt, { m: n, n: size, depth: size });
    const turned = zv.subarray(0, count * size).fill(0);
    await addProduct(rows, v, turned, { m: count, n: size, depth: n });
    await addProduct(turned, minusVt, rows, { m: count, n, depth: size });
  }
}

/** T, [size, size], upper triangular, with H_1 H_2 ... = I - V T Vᵀ. */
async function triangle(
  v: Float64Array,
  betas: Float64Array,
  n: number,
  addProduct: AddProduct,
): Promise<Float64Array> {
  const size = betas.length;
  const products = new Float64Array(size * size);
  await addProduct(v, v, products, { m: size, n: size, depth: n });
  const t = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    t[i * size + i] = betas[i]!;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += t[j * size + k]! * products[i * size + k]!;
      t[j * size + i] = -betas[i]! * sum;
    }
  }
  return t;
}

/** -Vᵀ, [columns, rows], at the front of `transposed`. */
function negativeTranspose(v: Float64Array, rows: number, columns: number, transposed: Float64Array): void {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) transposed[j * rows + i] = -v[i * columns + j]!;
}
