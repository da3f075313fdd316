import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyReflectors } from '../../../../src/core/linalg/apply-reflectors.ts';
import { tridiagonalise } from '../../../../src/core/linalg/tridiagonalise.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { addProduct } from './add-product.ts';
import { multiply, randomMatrix, relativeError, transpose } from './dense.ts';

test('A = Q T Qᵀ with Q orthogonal, at sizes below and above a block of reflectors', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 150 }), fc.integer(), async (n, seed) => {
      const x = randomMatrix(seededRandom(seed), n * n);
      const a = x.map((value, i) => value + x[(i % n) * n + Math.floor(i / n)]!);
      const tridiagonal = await tridiagonalise(a.slice(), n, addProduct);
      const { diagonal, offDiagonal } = tridiagonal;
      const identity = Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
      const columnsOfQ = identity.slice();
      await applyReflectors(tridiagonal, columnsOfQ, n, addProduct);
      const q = transpose(columnsOfQ, n, n);
      expect(relativeError(multiply(columnsOfQ, q, n, n, n), identity)).toBeLessThan(1e-14);
      const t = Float64Array.from({ length: n * n }, (_, at) => {
        const i = Math.floor(at / n);
        const j = at % n;
        if (i === j) return diagonal[i]!;
        return Math.abs(i - j) === 1 ? offDiagonal[Math.max(i, j)]! : 0;
      });
      expect(relativeError(multiply(multiply(q, t, n, n, n), columnsOfQ, n, n, n), a)).toBeLessThan(1e-13);
    }),
    { numRuns: 30 },
  );
});
