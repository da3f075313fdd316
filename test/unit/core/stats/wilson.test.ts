import { expect, test } from 'vitest';
import { wilson } from '../../../../src/core/stats/wilson.ts';

// scipy.stats.binomtest(k, n).proportion_ci(method="wilson"); python test/fixtures/method/stats.py
test.each([
  [0, 60, 0, 0.06017185214208986],
  [1, 10, 0.017876213095072896, 0.4041500267952385],
  [45, 60, 0.6276792992295218, 0.8422347746994333],
  [60, 60, 0.9398281478579101, 1],
  [333, 1000, 0.3044779033483562, 0.3628002339858192],
])('%d of %d is scipy’s interval', (k, n, low, high) => {
  const interval = wilson(k, n);
  expect(interval.low).toBeCloseTo(low, 14);
  expect(interval.high).toBeCloseTo(high, 14);
});

test('nothing seen says nothing', () => {
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
});
