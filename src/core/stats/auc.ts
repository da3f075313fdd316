/**
 * Area under the ROC curve: how often a positive's score is above a negative's, ties counting half (Mann-Whitney).
 * NaN when one side is empty.
 */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  const all = [...positives.map((x) => [x, 1] as const), ...negatives.map((x) => [x, 0] as const)].sort(
    (a, b) => a[0] - b[0],
  );
  let rankSum = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]![0] === all[from]![0]) to++;
    for (let i = from; i < to; i++) if (all[i]![1] === 1) rankSum += (from + to + 1) / 2;
    from = to;
  }
  const n = positives.length;
  return (rankSum - (n * (n + 1)) / 2) / (n * negatives.length);
}
