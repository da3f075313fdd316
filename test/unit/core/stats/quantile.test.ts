import { expect, test } from 'vitest';
import { quantile } from '../../../../src/core/stats/quantile.ts';

test('quantiles are numpy’s', () => {
  // numpy.quantile; python test/fixtures/method/stats.py
  const values = [1, 2, 2, 3, 5, 8, 1];
  expect([0, 0.1, 0.5, 0.9, 1].map((p) => quantile(values, p))).toEqual([1, 1, 2, 6.200000000000001, 8]);
  expect(values).toEqual([1, 2, 2, 3, 5, 8, 1]);
  expect(quantile([7], 0.3)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});
