import { expect, test } from 'vitest';
import { kappaOfTable } from '../../../../src/core/stats/kappa-of-table.ts';

test('kappa is that of scikit-learn 1.9.1, and the interval that of a bootstrap (numpy, 20,000 draws) to a hundredth', () => {
  const { kappa, low, high } = kappaOfTable([
    [47, 3, 12, 0],
    [10, 32, 6, 0],
    [1, 1, 54, 0],
    [0, 0, 5, 42],
  ]);
  expect(kappa).toBeCloseTo(0.7602417133208922, 12);
  expect(Math.abs(low - 0.6875)).toBeLessThan(0.01);
  expect(Math.abs(high - 0.8269)).toBeLessThan(0.01);
});

test('there is none without items, nor where both only ever gave one answer', () => {
  expect(kappaOfTable([[0]]).kappa).toBeNull();
  expect(
    kappaOfTable([
      [5, 0],
      [0, 0],
    ]).kappa,
  ).toBeNull();
});
