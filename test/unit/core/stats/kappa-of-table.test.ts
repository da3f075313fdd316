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

test('20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 0.7 agreed, 0.5 by chance, kappa 0.4; full agreement is 1', () => {
  // Cohen (1960), the table of most textbooks
  const half = kappaOfTable([
    [20, 5],
    [10, 15],
  ]);
  expect(half.kappa).toBeCloseTo(0.4, 14);
  const full = kappaOfTable([
    [3, 0],
    [0, 2],
  ]);
  expect(full.kappa).toBe(1);
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
