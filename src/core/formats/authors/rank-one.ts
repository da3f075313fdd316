/** The nearest matrix of rank one, w rᵀ, and how far it is. */
export interface RankOne {
  /** [d]; holds the whole size, `r` being a unit vector. */
  readonly w: Float64Array;
  readonly r: Float64Array;
  /** Part of the matrix's energy (sum of squares) that w rᵀ leaves out: 0 for a matrix of rank one. */
  readonly outside: number;
}

/** More steps than a matrix near rank one needs: its second singular value is a small part of the first. */
const maxSteps = 500;

/**
 * The first singular triple by power iteration from the longest row. A matrix of zeros gives zeros.
 * @param matrix [d, d], row by row
 */
export function nearestRankOne(matrix: Float32Array | Float64Array, d: number): RankOne {
  let energy = 0;
  for (const value of matrix) energy += value * value;
  let r: Float64Array = Float64Array.from(matrix.subarray(longestRow(matrix, d) * d).subarray(0, d));
  if (energy === 0) return { w: new Float64Array(d), r, outside: 0 };
  scale(r, 1 / length(r));
  let w = new Float64Array(d);
  let last = 0;
  for (let step = 0; step < maxSteps; step++) {
    w = times(matrix, r, d);
    const size = length(w);
    if (Math.abs(size - last) <= 1e-15 * size) break;
    last = size;
    const next = transposedTimes(matrix, w, d);
    scale(next, 1 / length(next));
    r = next;
  }
  const kept = length(w) ** 2;
  return { w, r, outside: Math.max(0, 1 - kept / energy) };
}

function longestRow(matrix: Float32Array | Float64Array, d: number): number {
  let longest = 0;
  let most = -1;
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += matrix[i * d + j]! ** 2;
    if (sum > most) [longest, most] = [i, sum];
  }
  return longest;
}

function times(matrix: Float32Array | Float64Array, vector: Float64Array, d: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += matrix[i * d + j]! * vector[j]!;
    out[i] = sum;
  }
  return out;
}

function transposedTimes(
  matrix: Float32Array | Float64Array,
  vector: Float64Array,
  d: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) out[j]! += matrix[i * d + j]! * vector[i]!;
  }
  return out;
}

function length(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

function scale(vector: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
}
