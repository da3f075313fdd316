import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cholesky, solveCholesky } from '../../../../src/core/linalg/cholesky.ts';
import { seededRandom } from '../../../../src/core/prompts/seeded-random.ts';
import { multiply, randomMatrix, relativeError, transpose } from './dense.ts';

test('L Lᵀ = A with L lower triangular, and L Lᵀ x = b', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer(), (n, seed) => {
      const random = seededRandom(seed);
      const x = randomMatrix(random, n * n);
      const a = multiply(x, transpose(x, n, n), n, n, n).map((value, i) => value + Number(i % (n + 1) === 0));
      const l = cholesky(a, n)!;
      l.forEach((value, i) => i % n > Math.floor(i / n) && expect(value).toBe(0));
      expect(relativeError(multiply(l, transpose(l, n, n), n, n, n), a)).toBeLessThan(1e-14);
      const b = randomMatrix(random, n);
      expect(relativeError(multiply(a, solveCholesky(l, b), n, n, 1), b)).toBeLessThan(1e-12);
    }),
    { numRuns: 50 },
  );
});

test('a matrix that is not positive definite has no factor', () => {
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
  expect(cholesky(Float64Array.of(0), 1)).toBeNull();
  expect(cholesky(Float64Array.of(NaN), 1)).toBeNull();
});
