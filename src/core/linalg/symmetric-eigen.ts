import { implicitQl } from './implicit-ql.ts';
import { applyReflectors, tridiagonalise } from './tridiagonalise.ts';

/** A = Vᵀ diag(values) V */
export interface SymmetricEigen {
  readonly n: number;
  /** [n], ascending */
  readonly values: Float64Array;
  /** [n, n] row-major; row i is the unit eigenvector of `values[i]` */
  readonly vectors: Float64Array;
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: Householder reduction to tridiagonal form, then implicit QL.
 * Backward stable: an eigenvalue is off by a few ε‖A‖, so those below that size are noise (as with LAPACK).
 *
 * @param a [n, n] row-major and symmetric; only the lower triangle is read
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const scale = scaleOf(a, n);
  const tridiagonal = tridiagonalise(
    a.map((value) => value / scale),
    n,
  );
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  applyReflectors(tridiagonal, rows, n);
  // Row i is Q eᵢ, column i of Q: the rows together are Qᵀ.
  implicitQl(tridiagonal.diagonal, tridiagonal.offDiagonal, rows);
  return sorted(
    tridiagonal.diagonal.map((value) => value * scale),
    rows,
    n,
  );
}

/** The power of two next to the largest entry: dividing by it is exact and keeps squares from over- and underflow. */
function scaleOf(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) largest = Math.max(largest, Math.abs(a[i * n + j]!));
  return largest > 0 && largest < Infinity ? 2 ** Math.max(-1000, Math.round(Math.log2(largest))) : 1;
}

function sorted(values: Float64Array, rows: Float64Array, n: number): SymmetricEigen {
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => vectors.set(rows.subarray(from * n, from * n + n), to * n));
  return { n, values: Float64Array.from(order, (i) => values[i]!), vectors };
}
