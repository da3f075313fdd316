import type { AddProduct } from './product.ts';

/** A = Q T Qᵀ of a symmetric matrix: T tridiagonal, Q the product of reflectors I - β v vᵀ, that of the last row first. */
export interface Tridiagonal {
  readonly n: number;
  /** [n] */
  readonly diagonal: Float64Array;
  /** [n]; `offDiagonal[i]` couples i - 1 and i, `offDiagonal[0]` is 0 */
  readonly offDiagonal: Float64Array;
  /** [n, n]; row i holds in its first i entries the vector v of the reflector that eliminated row i, then zeros */
  readonly reflectors: Float64Array;
  /** [n]; β = 2 / vᵀv of row i, 0 where nothing was to eliminate */
  readonly betas: Float64Array;
}

/** Rows eliminated before A is brought up to date, by one product. */
const panelRows = 32;

/**
 * Householder's reduction, last row first, panel by panel (LAPACK's dsytrd). A reflector changes A by -(v wᵀ + w vᵀ),
 * which a panel's own steps only take into account where they read A: half of the work becomes one product a panel. The
 * other half is A v at each step, which reads A once and so is bound by memory. A is kept whole: reading one triangle,
 * in JavaScript, takes as long as reading both by a product.
 *
 * @param a [n, n] row-major and symmetric; destroyed
 */
export async function tridiagonalise(a: Float64Array, n: number, addProduct: AddProduct): Promise<Tridiagonal> {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const betas = new Float64Array(n);
  const reflectors = new Float64Array(n * n);
  const padded = new Float64Array(n);
  // Used again by each panel: what comes and goes makes the collector run in the middle.
  const products = new Float64Array(panelRows * n);
  const [left, right] = [new Float64Array(2 * panelRows * n), new Float64Array(2 * panelRows * n)];
  // What is still to be reduced lies at the front of `a`, as [size, size].
  for (let size = n; size > 0;) {
    const rest = Math.max(0, size - panelRows);
    const changes: Change[] = [];
    const whole = a.subarray(0, size * size);
    for (let i = size - 1; i >= rest; i--) {
      const row = a.subarray(i * size, i * size + i + 1);
      for (const { v, w } of changes) addBoth(row, -v[i]!, w, -w[i]!, v);
      diagonal[i] = row[i]!;
      if (i === 0) break;
      const v = reflectors.subarray(i * n, i * n + i);
      const { beta, reflected } = reflector(row.subarray(0, i), v);
      offDiagonal[i] = reflected;
      betas[i] = beta;
      if (beta === 0) continue;

      // Zeros behind v let A be read as it lies.
      padded.set(v);
      padded.fill(0, i, size);
      const product = products.subarray(changes.length * n, changes.length * n + size).fill(0);
      await addProduct(whole, padded.subarray(0, size), product, { m: size, n: 1, depth: size });
      const y = product.subarray(0, i);
      for (const change of changes) addBoth(y, -leadingDot(v, change.w), change.v, -leadingDot(v, change.v), change.w);
      const half = (beta * beta * leadingDot(y, v)) / 2;
      for (let j = 0; j < i; j++) y[j] = beta * y[j]! - half * v[j]!;
      changes.push({ v, w: y });
    }
    for (let i = 0; i < rest; i++) a.copyWithin(i * rest, i * size, i * size + rest);
    const depth = 2 * changes.length;
    const [minus, plus] = [left.subarray(0, rest * depth), right.subarray(0, rest * depth)];
    factors(changes, rest, minus, plus);
    if (rest > 0) await addProduct(minus, plus, a.subarray(0, rest * rest), { m: rest, n: rest, depth });
    size = rest;
  }
  return { n, diagonal, offDiagonal, reflectors, betas };
}

/** What a reflector of the panel changes in the rows above its own: A -= v wᵀ + w vᵀ. */
interface Change {
  readonly v: Float64Array;
  readonly w: Float64Array;
}

/** The reflector I - β v vᵀ that leaves of a row only its last entry, which becomes `reflected`. */
function reflector(row: Float64Array, v: Float64Array): { beta: number; reflected: number } {
  const last = row.length - 1;
  const pivot = row[last]!;
  const tail = leadingDot(row.subarray(0, last), row);
  if (tail === 0) return { beta: 0, reflected: pivot };
  const length = Math.sqrt(tail + pivot * pivot);
  const reflected = pivot > 0 ? -length : length;
  v.set(row);
  v[last] = pivot - reflected;
  return { beta: 2 / (tail + v[last] ** 2), reflected };
}

/** Σ aᵢ bᵢ over the length of a. */
function leadingDot(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 2 <= a.length; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  if (i < a.length) even += a[i]! * b[i]!;
  return even + odd;
}

/** y += s a + t b, over the length of y. */
function addBoth(y: Float64Array, s: number, a: Float64Array, t: number, b: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i]! += s * a[i]! + t * b[i]!;
}

/** Makes the two factors, [rows, 2 changes], of what the changes add up to in the first rows: their product is Σ -(v wᵀ + w vᵀ). */
function factors(changes: readonly Change[], rows: number, left: Float64Array, right: Float64Array): void {
  const depth = 2 * changes.length;
  for (const [at, { v, w }] of changes.entries()) {
    for (let i = 0; i < rows; i++) {
      const to = i * depth + 2 * at;
      left[to] = -v[i]!;
      left[to + 1] = -w[i]!;
      right[to] = w[i]!;
      right[to + 1] = v[i]!;
    }
  }
}
