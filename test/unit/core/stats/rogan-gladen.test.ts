import { expect, test } from 'vitest';
import { roganGladen } from '../../../../src/core/stats/rogan-gladen.ts';

// Lang and Reiczigel's formulas in numpy, where they hold the true rate in 95 % of draws; python test/fixtures/stats/clustered.py
test.each([
  [60, 200, [54, 60], [143, 150], 0.21681750975034578, 0.3890417767412043],
  [5, 97, [47, 62], [140, 151], 0, 0.07909987302152754],
] as const)('%d of %d', (k, n, [tp, positive], [tn, negative], low, high) => {
  const corrected = roganGladen(k / n, n, { right: tp, n: positive }, { right: tn, n: negative })!;
  expect(corrected.low).toBeCloseTo(low, 12);
  expect(corrected.high).toBeCloseTo(high, 12);
});

test('with a judge that never errs the rate is the one seen', () => {
  expect(roganGladen(0.25, 40, { right: 1000, n: 1000 }, { right: 1000, n: 1000 })!.rate).toBe(0.25);
});

test('a judge no better than chance says nothing', () => {
  expect(roganGladen(0.5, 40, { right: 5, n: 10 }, { right: 5, n: 10 })).toBeUndefined();
  expect(roganGladen(0.5, 40, { right: 0, n: 0 }, { right: 5, n: 10 })).toBeUndefined();
});

test('more refusals than the judge finds at all are not corrected', () => {
  expect(roganGladen(0.95, 400, { right: 60, n: 80 }, { right: 140, n: 150 })).toBeUndefined();
});
