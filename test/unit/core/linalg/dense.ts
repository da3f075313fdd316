/** Plain dense algebra, row-major, for the tests: three loops, nothing to doubt. */

/** A [m, depth] times B [depth, n] */
export function multiply(a: Float64Array, b: Float64Array, m: number, depth: number, n: number): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < depth; k++) {
      for (let j = 0; j < n; j++) c[i * n + j]! += a[i * depth + k]! * b[k * n + j]!;
    }
  }
  return c;
}

/** a bᵀ [m, n] row-major, of a [m] and b [n] */
export function outer(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: a.length * b.length }, (_, i) => a[Math.floor(i / b.length)]! * b[i % b.length]!);
}

/** Aᵀ [n, m] of A [m, n] */
export function transpose(a: Float64Array, m: number, n: number): Float64Array {
  return Float64Array.from({ length: m * n }, (_, i) => a[(i % m) * n + Math.floor(i / m)]!);
}

/** ‖A - B‖ / ‖B‖, Frobenius */
export function relativeError(a: Float64Array, b: Float64Array): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}

/** Numbers in [-1, 1) */
export function randomMatrix(random: () => number, length: number): Float64Array {
  return Float64Array.from({ length }, () => 2 * random() - 1);
}
