/** A = Q T Qᵀ of a symmetric matrix: T tridiagonal, Q the product of reflectors I - β v vᵀ, that of the last row first. */
export interface Tridiagonal {
  readonly n: number;
  /** [n] */
  readonly diagonal: Float64Array;
  /** [n]; `offDiagonal[i]` couples i - 1 and i, `offDiagonal[0]` is 0 */
  readonly offDiagonal: Float64Array;
  /** [n, n]; row i holds in its first i entries the vector v of the reflector that eliminated row i */
  readonly reflectors: Float64Array;
  /** [n]; β = 2 / vᵀv of row i, 0 where nothing was to eliminate */
  readonly betas: Float64Array;
}

/**
 * Householder's reduction, last row first, as in EISPACK's tred2. Works in place: `a` becomes the reflectors.
 *
 * Each step needs A v of the matrix that the step before it updated (A -= v wᵀ + w vᵀ). Both are done in one pass over
 * the lower triangle, two rows at a time, since the pass is bound by memory: half the traffic of update, then product.
 *
 * @param a [n, n] row-major and symmetric; only the lower triangle is read
 */
export function tridiagonalise(a: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const betas = new Float64Array(n);
  // The step before: A still lacks -(v wᵀ + w vᵀ).
  let v = new Float64Array(n);
  let w = new Float64Array(n);
  let nextV = new Float64Array(n);
  let product = new Float64Array(n);

  for (let i = n - 1; i >= 0; i--) {
    const row = i * n;
    const vi = v[i]!;
    const wi = w[i]!;
    for (let j = 0; j <= i; j++) a[row + j]! -= vi * w[j]! + wi * v[j]!;
    diagonal[i] = a[row + i]!;
    if (i === 0) break;

    let tail = 0;
    for (let j = 0; j < i - 1; j++) tail += a[row + j]! ** 2;
    const pivot = a[row + i - 1]!;
    if (tail > 0) {
      const length = Math.sqrt(tail + pivot * pivot);
      const reflected = pivot > 0 ? -length : length;
      offDiagonal[i] = reflected;
      a[row + i - 1] = pivot - reflected;
      betas[i] = 2 / (tail + (pivot - reflected) ** 2);
    } else {
      offDiagonal[i] = pivot;
    }
    const beta = betas[i]!;
    for (let j = 0; j < i; j++) nextV[j] = beta === 0 ? 0 : a[row + j]!;

    updateAndMultiply(a, n, i, v, w, nextV, product);

    let vAv = 0;
    for (let j = 0; j < i; j++) vAv += nextV[j]! * product[j]!;
    const half = (beta * beta * vAv) / 2;
    for (let j = 0; j < i; j++) product[j] = beta * product[j]! - half * nextV[j]!;
    [v, nextV] = [nextV, v];
    [w, product] = [product, w];
  }
  return { n, diagonal, offDiagonal, reflectors: a, betas };
}

/** On the leading size x size block of A: A -= v wᵀ + w vᵀ, then y = A x. */
function updateAndMultiply(
  a: Float64Array,
  n: number,
  size: number,
  v: Float64Array,
  w: Float64Array,
  x: Float64Array,
  y: Float64Array,
): void {
  y.fill(0, 0, size);
  let i = 0;
  for (; i + 2 <= size; i += 2) {
    const row0 = i * n;
    const row1 = row0 + n;
    const v0 = v[i]!;
    const v1 = v[i + 1]!;
    const w0 = w[i]!;
    const w1 = w[i + 1]!;
    const x0 = x[i]!;
    const x1 = x[i + 1]!;
    let y0 = 0;
    let y1 = 0;
    for (let j = 0; j < i; j++) {
      const vj = v[j]!;
      const wj = w[j]!;
      const a0 = a[row0 + j]! - (v0 * wj + w0 * vj);
      const a1 = a[row1 + j]! - (v1 * wj + w1 * vj);
      a[row0 + j] = a0;
      a[row1 + j] = a1;
      y0 += a0 * x[j]!;
      y1 += a1 * x[j]!;
      y[j]! += a0 * x0 + a1 * x1;
    }
    const corner00 = (a[row0 + i]! -= 2 * v0 * w0);
    const corner10 = (a[row1 + i]! -= v1 * w0 + w1 * v0);
    const corner11 = (a[row1 + i + 1]! -= 2 * v1 * w1);
    y[i]! += y0 + corner00 * x0 + corner10 * x1;
    y[i + 1]! += y1 + corner10 * x0 + corner11 * x1;
  }
  if (i < size) {
    const row = i * n;
    let sum = 0;
    for (let j = 0; j <= i; j++) {
      const aj = a[row + j]! - (v[i]! * w[j]! + w[i]! * v[j]!);
      a[row + j] = aj;
      sum += aj * x[j]!;
      if (j < i) y[j]! += aj * x[i]!;
    }
    y[i]! += sum;
  }
}
