import { midRanks } from '../../../src/core/stats/mid-ranks.ts';

/** Spearman's rank correlation, ties at their mean rank: Pearson's correlation of the ranks. NaN when a side is constant. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} values can't be paired with ${b.length}.`);
  const x = midRanks(a);
  const y = midRanks(b);
  const mean = (a.length + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mean) * (y[i]! - mean);
    xx += (x[i]! - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}
