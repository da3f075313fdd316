/**
 * Cohen's kappa of two raters of the same items: agreement beyond what their own rates would give by chance. 1 when they
 * agree on everything, 0 when no more than by chance; NaN without items, or when both only ever used one and the same answer.
 */
export function cohensKappa(first: readonly string[], second: readonly string[]): number {
  if (first.length !== second.length)
    throw new RangeError(`${first.length} ratings can't be paired with ${second.length}.`);
  const n = first.length;
  const agreed = first.filter((rating, i) => rating === second[i]).length / n;
  const rate = (ratings: readonly string[], answer: string): number =>
    ratings.filter((rating) => rating === answer).length / n;
  const byChance = [...new Set(first)].reduce((sum, answer) => sum + rate(first, answer) * rate(second, answer), 0);
  return (agreed - byChance) / (1 - byChance);
}
