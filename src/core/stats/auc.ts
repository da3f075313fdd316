import { midRanks } from './mid-ranks.ts';

/**
 * Area under the ROC curve: how often a positive's score is above a negative's, ties counting half (Mann-Whitney U over
 * the number of pairs). NaN when one side is empty.
 */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  const ranks = midRanks([...positives, ...negatives]);
  const n = positives.length;
  let rankSum = 0;
  for (let i = 0; i < n; i++) rankSum += ranks[i]!;
  return (rankSum - (n * (n + 1)) / 2) / (n * negatives.length);
}
