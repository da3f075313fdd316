import { expect, test } from 'vitest';
import { auc } from '../../../../src/core/stats/auc.ts';
import { midRanks } from '../../../../src/core/stats/mid-ranks.ts';

test('equal values share the mean of their ranks', () => {
  expect(midRanks([5, 1, 5, 3, 5])).toEqual([4, 1, 4, 2, 4]);
  expect(midRanks([])).toEqual([]);
});

test('AUC is Mann-Whitney’s U over the pairs, ties counting half', () => {
  // scipy.stats.mannwhitneyu; python test/fixtures/method/stats.py
  expect(auc([1, 2, 2, 3, 5, 8], [2, 0, 2, 3, 1])).toBeCloseTo(0.7333333333333333, 15);
  expect(auc([2, 3], [0, 1])).toBe(1);
  expect(auc([0, 1], [2, 3])).toBe(0);
  expect(auc([1, 1], [1])).toBe(0.5);
  expect(auc([], [1])).toBeNaN();
});
