import { implicitQl, rotateRows } from './implicit-ql.ts';
import type { AddProduct } from './product.ts';
import { secularRoot } from './secular-equation.ts';

/** Eigenvalues of a symmetric matrix, ascending, and unit eigenvectors: row i of `rows` [n, n] belongs to `values[i]`. */
export interface EigenRows {
  readonly values: Float64Array;
  readonly rows: Float64Array;
}

/** Up to this size QL is as fast, and simpler. */
const leaf = 32;
/** Rows mixed by one product: enough for it to run at full speed. */
const mixedRows = 128;

/**
 * Eigenvalues and eigenvectors of a symmetric tridiagonal matrix by divide and conquer (Cuppen; Gu and Eisenstat, SIAM J.
 * Matrix Anal. Appl. 16, 1995, 172; LAPACK's dstedc): cut in two, solve both halves, and mend the cut, which is a change
 * of rank one. What QL does by rotations of the whole matrix is here a product of half the size, and eigenvectors that the cut
 * hardly touches are left as they are.
 *
 * @param diagonal [n]
 * @param offDiagonal [n]; `offDiagonal[i]` couples i - 1 and i
 * @param rows [n, n], becomes the eigenvectors; given where there is memory to use again
 * @throws {Error} when the numbers are not finite
 */
export async function divideAndConquer(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  addProduct: AddProduct,
  rows = new Float64Array(diagonal.length ** 2),
): Promise<EigenRows> {
  const n = diagonal.length;
  return solvePart(diagonal, offDiagonal, rows, { scratch: scratchOf(n), addProduct });
}

/** What every step of a solution uses again: megabytes that come and go make the collector run in the middle. */
interface Scratch {
  /** Room for [n, n] each. */
  readonly rows: Float64Array;
  readonly vectors: Float64Array;
  /** Room for [n - half, n] */
  readonly transposed: Float64Array;
  /** Room for [mixedRows, n] */
  readonly coefficients: Float64Array;
  /** Room for [mixedRows, n - half] */
  readonly part: Float64Array;
}

function scratchOf(n: number): Scratch {
  const most = n - (n >> 1);
  return {
    rows: new Float64Array(n * n),
    vectors: new Float64Array(n * n),
    transposed: new Float64Array(most * n),
    coefficients: new Float64Array(mixedRows * n),
    part: new Float64Array(mixedRows * most),
  };
}

interface Means {
  readonly scratch: Scratch;
  readonly addProduct: AddProduct;
}

/** @param rows [n, n], becomes the eigenvectors */
async function solvePart(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  rows: Float64Array,
  means: Means,
): Promise<EigenRows> {
  const n = diagonal.length;
  if (n <= leaf) return { values: solveLeaf(diagonal.slice(), offDiagonal.slice(), rows), rows };
  const half = n >> 1;
  const coupling = offDiagonal[half]!;
  const strength = Math.abs(coupling);
  const upper = diagonal.slice(0, half);
  const lower = diagonal.slice(half);
  upper[half - 1]! -= strength;
  lower[0]! -= strength;
  // The halves' eigenvectors lie where those of the whole will.
  const [end, last] = [half * half, half * half + (n - half) ** 2];
  const first = await solvePart(upper, offDiagonal.subarray(0, half), rows.subarray(0, end), means);
  const second = await solvePart(lower, offDiagonal.subarray(half), rows.subarray(end, last), means);
  return { values: await mend(first, second, coupling, rows, means), rows };
}

/** @returns the values, and leaves the vectors in `sorted`, [n, n] */
function solveLeaf(diagonal: Float64Array, offDiagonal: Float64Array, sorted: Float64Array): Float64Array {
  const n = diagonal.length;
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  implicitQl(diagonal, offDiagonal, rows);
  const order = ascending(diagonal);
  order.forEach((from, to) => sorted.set(rows.subarray(from * n, from * n + n), to * n));
  return Float64Array.from(order, (i) => diagonal[i]!);
}

/** Where an eigenvector of the halves has entries that are not 0: a choice of columns. */
type Support = 'first' | 'both' | 'second';

/**
 * The eigenvectors of diag(first, second) + |coupling| u uᵀ, where u is 1 at the last place of the first half and ±1 at
 * the first place of the second.
 * @param sorted [n, n], becomes the eigenvectors; those of the halves may lie in it
 * @returns the eigenvalues
 */
async function mend(
  first: EigenRows,
  second: EigenRows,
  coupling: number,
  sorted: Float64Array,
  { scratch, addProduct }: Means,
): Promise<Float64Array> {
  const half = first.values.length;
  const rest = second.values.length;
  const n = half + rest;
  const sign = coupling < 0 ? -1 : 1;

  // In the eigenbasis of the halves: diag(d) + rho z zᵀ, with ‖z‖ = 1.
  const rho = 2 * Math.abs(coupling);
  const joined = Float64Array.from({ length: n }, (_, i) => (i < half ? first.values[i]! : second.values[i - half]!));
  const order = ascending(joined);
  const d = Float64Array.from(order, (i) => joined[i]!);
  const z = Float64Array.from(order, (i) =>
    i < half ? first.rows[i * half + half - 1]! * Math.SQRT1_2 : sign * second.rows[(i - half) * rest]! * Math.SQRT1_2,
  );
  const rows = scratch.rows.subarray(0, n * n).fill(0);
  order.forEach((i, to) => {
    if (i < half) rows.set(first.rows.subarray(i * half, (i + 1) * half), to * n);
    else rows.set(second.rows.subarray((i - half) * rest, (i - half + 1) * rest), to * n + half);
  });
  const supports = order.map((i): Support => (i < half ? 'first' : 'second'));

  const { active, done } = deflate(d, z, rho, rows, supports);
  const values = rankOneEigen(
    Float64Array.from(active, (i) => d[i]!),
    Float64Array.from(active, (i) => z[i]!),
    rho,
    scratch.vectors.subarray(0, active.length ** 2),
  );
  // The pairs left alone and the mended ones in one ascending order.
  const all = Float64Array.from([...done.map((i) => d[i]!), ...values]);
  const sources = ascending(all);
  const places = new Int32Array(n);
  sources.forEach((from, to) => (places[from] = to));
  done.forEach((i, at) => sorted.set(rows.subarray(i * n, (i + 1) * n), places[at]! * n));
  const mixing = { scratch, active, n, sorted, places: places.subarray(done.length) };
  await mixColumns(mixing, (i) => supports[i] !== 'second', 0, half, addProduct);
  await mixColumns(mixing, (i) => supports[i] !== 'first', half, n, addProduct);
  return Float64Array.from(sources, (i) => all[i]!);
}

/**
 * Finds the eigenpairs that the change of rank one leaves alone: those it hardly touches (z ~ 0), and one of each pair of
 * all but equal eigenvalues, after a rotation that moves what touches both to the other. As LAPACK's dlaed2.
 *
 * @returns indices, ascending: `active` to be mended, `done` final as they stand in d and rows
 */
function deflate(
  d: Float64Array,
  z: Float64Array,
  rho: number,
  rows: Float64Array,
  supports: Support[],
): { active: number[]; done: number[] } {
  const n = d.length;
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(d[i]!), Math.abs(z[i]!));
  const tolerance = 8 * Number.EPSILON * largest;
  const active: number[] = [];
  const done: number[] = [];
  let previous = -1;
  for (let i = 0; i < n; i++) {
    if (rho * Math.abs(z[i]!) <= tolerance) {
      done.push(i);
      continue;
    }
    if (previous >= 0) {
      const length = Math.sqrt(z[i]! ** 2 + z[previous]! ** 2);
      const c = z[i]! / length;
      const s = -z[previous]! / length;
      const gap = d[i]! - d[previous]!;
      if (Math.abs(gap * c * s) <= tolerance) {
        z[i] = length;
        z[previous] = 0;
        rotateRows(rows, n, previous, i, c, s);
        if (supports[previous] !== supports[i]) supports[previous] = supports[i] = 'both';
        const lowered = d[previous]! * c * c + d[i]! * s * s;
        d[i] = d[previous]! * s * s + d[i]! * c * c;
        d[previous] = lowered;
        done.push(previous);
      } else {
        active.push(previous);
      }
    }
    previous = i;
  }
  if (previous >= 0) active.push(previous);
  return { active, done };
}

/**
 * Eigenvalues, ascending, and eigenvectors of diag(d) + rho z zᵀ, no two d equal and no z 0.
 *
 * The vectors are those of the z for which the computed values are exact (Gu and Eisenstat): with the z given, values
 * that are right to the last digit but one give vectors that are not orthogonal.
 * @param vectors [k, k], becomes the eigenvectors; on the way there row i is dⱼ - λᵢ
 */
function rankOneEigen(d: Float64Array, z: Float64Array, rho: number, vectors: Float64Array): Float64Array {
  const k = d.length;
  if (k === 1) {
    vectors[0] = 1;
    return Float64Array.of(d[0]! + rho * z[0]! ** 2);
  }
  const values = new Float64Array(k);
  const squares = z.map((x) => x * x);
  for (let i = 0; i < k; i++) values[i] = secularRoot(d, squares, rho, i, vectors.subarray(i * k, (i + 1) * k));

  const exact = new Float64Array(k).fill(1);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const difference = vectors[i * k + j]!;
      exact[j]! *= i === j ? difference : difference / (d[j]! - d[i]!);
    }
  }
  for (let j = 0; j < k; j++) exact[j] = Math.sqrt(Math.abs(exact[j]!)) * Math.sign(z[j]!);

  for (let i = 0; i < k; i++) {
    let squared = 0;
    for (let j = 0; j < k; j++) {
      const entry = exact[j]! / vectors[i * k + j]!;
      vectors[i * k + j] = entry;
      squared += entry * entry;
    }
    const scale = 1 / Math.sqrt(squared);
    for (let j = 0; j < k; j++) vectors[i * k + j]! *= scale;
  }
  return values;
}

interface Mixing {
  /** Its rows [n, n] are mixed by its vectors [active, active]. */
  readonly scratch: Scratch;
  /** Which of the rows are mixed. */
  readonly active: readonly number[];
  readonly n: number;
  /** [n, n], of which some columns of the rows at `places` are filled */
  readonly sorted: Float64Array;
  /** [active] */
  readonly places: Int32Array;
}

/** Columns from..to-1 of vectors · rows, of the rows alone that have entries there. */
async function mixColumns(
  { scratch, active, n, sorted, places }: Mixing,
  hasEntries: (row: number) => boolean,
  from: number,
  to: number,
  addProduct: AddProduct,
): Promise<void> {
  const k = active.length;
  const used = Array.from(active.keys()).filter((j) => hasEntries(active[j]!));
  const depth = used.length;
  const { rows, vectors } = scratch;
  const width = to - from;
  const transposed = scratch.transposed.subarray(0, width * depth);
  used.forEach((j, at) => {
    const row = active[j]! * n;
    for (let column = from; column < to; column++) transposed[(column - from) * depth + at] = rows[row + column]!;
  });
  for (let first = 0; first < k; first += mixedRows) {
    const m = Math.min(mixedRows, k - first);
    const coefficients = scratch.coefficients.subarray(0, m * depth);
    for (let i = 0; i < m; i++)
      for (let at = 0; at < depth; at++) coefficients[i * depth + at] = vectors[(first + i) * k + used[at]!]!;
    const part = scratch.part.subarray(0, m * width).fill(0);
    await addProduct(coefficients, transposed, part, { m, n: width, depth });
    for (let i = 0; i < m; i++) sorted.set(part.subarray(i * width, (i + 1) * width), places[first + i]! * n + from);
  }
}

function ascending(values: Float64Array): number[] {
  return Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
}
