import { halvings } from './halvings.ts';
import { meanDifference } from '../alphasteer.ts';
import { cosine, dot } from '../linalg/inner-product.ts';
import { joinRowSums, type RowSums } from '../linalg/row-sums.ts';
import { mean } from '../stats/mean.ts';

/**
 * How far the refusal direction is a property of the model and not of the prompts it was taken from: the cosine between r of
 * one half of the prompts and r of the other, on average over all ways to halve their parts. 1 says the same direction, 0
 * none in common. Null where no half and its other half have refused and answered prompts both.
 *
 * @param parts an even number of them, without a goal in two
 */
export function splitHalfCosine(
  parts: readonly { readonly refused: RowSums; readonly answered: RowSums }[],
): number | null {
  const directionOf = (indices: readonly number[]): Float64Array | null => {
    const refused = joinRowSums(indices.map((i) => parts[i]!.refused));
    const answered = joinRowSums(indices.map((i) => parts[i]!.answered));
    return refused.rows === 0 || answered.rows === 0 ? null : meanDifference(refused, answered);
  };
  const all = parts.map((_, i) => i);
  const cosines = halvings(parts.length).flatMap((half) => {
    const one = directionOf(half);
    const other = directionOf(all.filter((i) => !half.includes(i)));
    return one === null || other === null ? [] : [cosine(one, other)];
  });
  return cosines.length === 0 ? null : mean(cosines);
}

/**
 * Standard error of a prompt's score by the delete-a-group jackknife (P. S. Kott, J. Official Statistics 17, 2001):
 * √((G - 1) / G Σ (s_g - s̄)²) over the G fits that each leave a group of prompts out. What all fits share, it can't tell.
 *
 * @param h [d]
 * @param without w of each of these fits, [d]
 */
export function scoreSpread(h: ArrayLike<number>, without: readonly ArrayLike<number>[]): number {
  const scores = without.map((w) => dot(h, w));
  const middle = mean(scores);
  const squares = scores.reduce((sum, s) => sum + (s - middle) ** 2, 0);
  return Math.sqrt(((scores.length - 1) / scores.length) * squares);
}
