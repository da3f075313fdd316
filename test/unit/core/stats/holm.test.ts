import { expect, test } from 'vitest';
import { holm } from '../../../../src/core/stats/holm.ts';

// statsmodels 0.15.0: multipletests(p, method='holm')[1]
test.each([
  [[], []],
  [[0.5], [0.5]],
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.2, 0.2, 0.9],
    [0.6, 0.6, 0.9],
  ],
  [
    [0.0001, 0.0001, 0.3, 1, 0.02],
    [0.0005, 0.0005, 0.6, 1, 0.06],
  ],
])('%j becomes %j', (p, expected) => {
  const adjusted = holm(p);
  expect(adjusted).toHaveLength(expected.length);
  adjusted.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12);
  });
});
