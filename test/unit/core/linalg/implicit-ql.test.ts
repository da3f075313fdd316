import { expect, test } from 'vitest';
import { implicitQl } from '../../../../src/core/linalg/implicit-ql.ts';

test('eigenvalues and rotated rows of a 2 x 2 matrix', () => {
  const diagonal = Float64Array.of(2, 2);
  const rows = Float64Array.of(1, 0, 0, 1);
  implicitQl(diagonal, Float64Array.of(0, 1), rows);
  expect([...diagonal].sort((a, b) => a - b)).toEqual([expect.closeTo(1, 15), expect.closeTo(3, 15)]);
  rows.forEach((x) => expect(Math.abs(x)).toBeCloseTo(Math.SQRT1_2, 15));
});

test('what does not converge says so', () => {
  expect(() => implicitQl(Float64Array.of(NaN, 1), Float64Array.of(0, 1), Float64Array.of(1, 0, 0, 1))).toThrow(
    'not finite',
  );
});
