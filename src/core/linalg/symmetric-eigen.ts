import { applyReflectors } from './apply-reflectors.ts';
import { divideAndConquer } from './divide-and-conquer.ts';
import type { AddProduct } from './product.ts';
import { tridiagonalise } from './tridiagonalise.ts';

/** A = Vᵀ diag(values) V */
export interface SymmetricEigen {
  readonly n: number;
  /** [n], ascending */
  readonly values: Float64Array;
  /** [n, n] row-major; row i is the unit eigenvector of `values[i]` */
  readonly vectors: Float64Array;
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: Householder reduction to tridiagonal form, divide and conquer,
 * and back. Backward stable: an eigenvalue is off by a few ε‖A‖, so those below that size are noise (as with LAPACK).
 *
 * @param a [n, n] row-major and symmetric
 */
export async function symmetricEigen(a: Float64Array, n: number, addProduct: AddProduct): Promise<SymmetricEigen> {
  const scale = scaleOf(a, n);
  // No `map`: it boxes each number, megabytes of garbage.
  const scaled = new Float64Array(n * n);
  for (let i = 0; i < scaled.length; i++) scaled[i] = a[i]! / scale;
  const tridiagonal = await tridiagonalise(scaled, n, addProduct);
  const { values, rows } = await divideAndConquer(tridiagonal.diagonal, tridiagonal.offDiagonal, addProduct, scaled);
  await applyReflectors(tridiagonal, rows, n, addProduct);
  return { n, values: values.map((value) => value * scale), vectors: rows };
}

/**
 * The power of two next to the largest entry: dividing by it is exact and keeps squares from over- and underflow.
 * @throws {RangeError} when an entry is not finite
 */
function scaleOf(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) largest = Math.max(largest, Math.abs(a[i * n + j]!));
  if (!Number.isFinite(largest)) throw new RangeError('The matrix holds numbers that are not finite.');
  return largest > 0 ? 2 ** Math.max(-1000, Math.round(Math.log2(largest))) : 1;
}
