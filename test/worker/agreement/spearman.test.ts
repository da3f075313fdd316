import { expect, test } from 'vitest';
import { spearman } from './spearman.ts';

test('Spearman’s correlation is scipy’s, with ties', () => {
  // scipy.stats.spearmanr; python test/fixtures/method/stats.py
  expect(spearman([1, 2, 2, 3, 5, 8, 1], [3, 1, 4, 4, 9, 2, 6])).toBeCloseTo(-0.02752409412815902, 14);
  expect(spearman([1, 2, 3], [10, 100, 1000])).toBe(1);
  expect(spearman([1, 2, 3], [3, 2, 1])).toBe(-1);
  expect(spearman([1, 1], [1, 2])).toBeNaN();
  expect(() => spearman([1], [1, 2])).toThrow(RangeError);
});
