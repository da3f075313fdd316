import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cholesky, solveCholesky } from '../../../../src/core/linalg/cholesky.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { addProduct } from './add-product.ts';
import { multiply, randomMatrix, relativeError, transpose } from './dense.ts';

test('L Lᵀ = A with L lower triangular, and L Lᵀ x = b, at sizes below and above a block', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 140 }), fc.integer(), async (n, seed) => {
      const random = seededRandom(seed);
      const x = randomMatrix(random, n * n);
      const a = multiply(x, transpose(x, n, n), n, n, n).map((value, i) => value + Number(i % (n + 1) === 0));
      const l = (await cholesky(a, n, addProduct))!;
      l.forEach((value, i) => i % n > Math.floor(i / n) && expect(value).toBe(0));
      expect(relativeError(multiply(l, transpose(l, n, n), n, n, n), a)).toBeLessThan(1e-14);
      const b = randomMatrix(random, n);
      expect(relativeError(multiply(a, solveCholesky(l, b), n, n, 1), b)).toBeLessThan(1e-12);
    }),
    { numRuns: 30 },
  );
});

test('a matrix that is not positive definite has no factor', async () => {
  expect(await cholesky(Float64Array.of(1, 2, 2, 1), 2, addProduct)).toBeNull();
  expect(await cholesky(Float64Array.of(0), 1, addProduct)).toBeNull();
  expect(await cholesky(Float64Array.of(NaN), 1, addProduct)).toBeNull();
});
