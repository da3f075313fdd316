import { applyReflectors } from './apply-reflectors.ts';
import { divideAndConquer } from './divide-and-conquer.ts';
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
 * @param a [n, n] row-major and symmetric; only the lower triangle is read
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const scale = scaleOf(a, n);
  const tridiagonal = tridiagonalise(
    a.map((value) => value / scale),
    n,
  );
  const { values, rows } = divideAndConquer(tridiagonal.diagonal, tridiagonal.offDiagonal);
  applyReflectors(tridiagonal, rows, n);
  return { n, values: values.map((value) => value * scale), vectors: rows };
}

/** The power of two next to the largest entry: dividing by it is exact and keeps squares from over- and underflow. */
function scaleOf(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) largest = Math.max(largest, Math.abs(a[i * n + j]!));
  return largest > 0 && largest < Infinity ? 2 ** Math.max(-1000, Math.round(Math.log2(largest))) : 1;
}
