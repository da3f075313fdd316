import { expect, test } from 'vitest';
import { mcnemar } from '../../../../src/core/stats/mcnemar.ts';

// scipy.stats.binomtest(gained, gained + lost).pvalue; python test/fixtures/method/stats.py
test.each([
  [1, 0, 1],
  [5, 5, 1],
  [12, 3, 0.03515625],
  [0, 40, 1.8189894035458565e-12],
  [150, 100, 0.0018833009350761602],
  [1500, 1400, 0.06598734966518463],
])('%d against %d is the exact binomial test', (gained, lost, p) => {
  expect(mcnemar(gained, lost) / p).toBeCloseTo(1, 10);
  expect(mcnemar(lost, gained)).toBe(mcnemar(gained, lost));
});

test('without flips there is no evidence; with thousands one way, all of it', () => {
  expect(mcnemar(0, 0)).toBe(1);
  expect(mcnemar(5, 2000)).toBe(0);
});
