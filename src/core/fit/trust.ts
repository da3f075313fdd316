import type { Gram } from '../linalg/gram.ts';
import { dot } from '../linalg/inner-product.ts';
import { addProductTransposed, type AddProduct } from '../linalg/product.ts';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';
import { mean as meanOf } from '../stats/mean.ts';
import type { TokenIds } from '../token-ids.ts';

/**
 * Where the activations of the fit's prompts lie at one layer: a Gaussian that is exact along some axes and round
 * across the others.
 */
export interface ActivationSpace {
  /** [d] */
  readonly mean: Float64Array;
  /** The directions in which they vary most, [k, d] row-major, unit length */
  readonly axes: Float64Array;
  /** Variance along each of these, [k] */
  readonly variances: Float64Array;
  /** Mean variance along each of the other d - k directions */
  readonly rest: number;
}

/**
 * Probabilistic principal components (Tipping and Bishop, J. R. Stat. Soc. B 61, 1999) with k axes.
 * @param k fewer than d
 */
export async function activationSpace(
  { d, rows, sums, products }: Gram,
  k: number,
  addProduct: AddProduct,
): Promise<ActivationSpace> {
  const mean = sums.map((sum) => sum / rows);
  const covariance = products.map((product, at) => product / rows - mean[Math.floor(at / d)]! * mean[at % d]!);
  const { values, vectors } = await symmetricEigen(covariance, d, addProduct);
  const rest = values.subarray(0, d - k).reduce((sum, value) => sum + Math.max(0, value), 0) / (d - k);
  return { mean, axes: vectors.slice((d - k) * d), variances: values.slice(d - k), rest };
}

/** Mahalanobis distance of an activation h [d] from the fit's, divided by √d: about 1 for the fit's own. */
export function activationDistance(h: ArrayLike<number>, { mean, axes, variances, rest }: ActivationSpace): number {
  const d = mean.length;
  const k = variances.length;
  const moved = mean.map((middle, i) => h[i]! - middle);
  const along = new Float64Array(k);
  addProductTransposed(axes, moved, along, { m: k, n: 1, depth: d });
  const inside = along.reduce((sum, x, i) => sum + x ** 2 / variances[i]!, 0);
  const outside = Math.max(0, dot(moved, moved) - dot(along, along)) / rest;
  return Math.sqrt((inside + outside) / d);
}

/** In how many of the fit's prompts each token occurs. */
export interface TokenCounts {
  readonly prompts: number;
  readonly counts: ReadonlyMap</* token */ number, number>;
}

export function countTokens(prompts: Iterable<TokenIds>): TokenCounts {
  const counts = new Map<number, number>();
  let n = 0;
  for (const ids of prompts) {
    for (const id of new Set(ids)) counts.set(id, (counts.get(id) ?? 0) + 1);
    n += 1;
  }
  return { prompts: n, counts };
}

/**
 * How rare a prompt's tokens are among the fit's prompts: mean of -ln((n + 1/2) / (N + 1)), n of N prompts having the
 * token. Sees random letters and other languages, which the last token's activation hardly does. Tokens that all of
 * them have (the chat template's) are left out: they would hide a short prompt. A prompt of no other tokens has 0.
 */
export function tokenRarity(ids: TokenIds, { prompts, counts }: TokenCounts): number {
  const own = Array.from(ids, (id) => counts.get(id) ?? 0).filter((n) => n < prompts);
  return own.reduce((sum, n) => sum - Math.log((n + 0.5) / (prompts + 1)), 0) / Math.max(1, own.length);
}

/**
 * Standard error of a prompt's score by the delete-a-group jackknife (P. S. Kott, J. Official Statistics 17, 2001):
 * √((G - 1) / G Σ (s_g - s̄)²) over the G fits that each leave a group of prompts out. What all fits share, it can't
 * tell.
 *
 * @param h [d]
 * @param without w of each of these fits, [d]
 */
export function scoreSpread(h: ArrayLike<number>, without: readonly ArrayLike<number>[]): number {
  const scores = without.map((w) => dot(h, w));
  const middle = meanOf(scores);
  const squares = scores.reduce((sum, s) => sum + (s - middle) ** 2, 0);
  return Math.sqrt(((scores.length - 1) / scores.length) * squares);
}
