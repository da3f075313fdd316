import { meanDifference } from '../alphasteer.ts';
import { cosine } from '../linalg/inner-product.ts';
import { joinRowSums, type RowSums } from '../linalg/row-sums.ts';
import { mean } from '../stats/mean.ts';

/**
 * How far the refusal direction is a property of the model and not of the prompts it was taken from: the cosine between
 * r of one half of the prompts and r of the other, on average over all ways to halve their parts. 1 says the same
 * direction, 0 none in common. Null where no half and its other half have refused and answered prompts both.
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
 * The ways to part n things into two equal halves (n even): the half that holds thing 0, as ascending indices, for
 * each. There are C(n, n / 2) / 2 of them: 35 of 8.
 */
export function halvings(n: number): number[][] {
  const choose = (from: number, count: number): number[][] =>
    count === 0
      ? [[]]
      : Array.from({ length: Math.max(0, n - from) }, (_, i) => from + i).flatMap((first) =>
          choose(first + 1, count - 1).map((rest) => [first, ...rest]),
        );
  return choose(1, n / 2 - 1).map((rest) => [0, ...rest]);
}
