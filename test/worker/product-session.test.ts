import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addProductTransposed } from '../../src/core/linalg/product.ts';
import { seededRandom } from '../../src/core/prompts/split/seeded-random.ts';
import { ProductSession } from '../../src/worker/session/product-session.ts';
import { randomMatrix, relativeError } from '../unit/core/linalg/dense.ts';

const sizes = fc.record({
  m: fc.integer({ min: 1, max: 300 }),
  n: fc.integer({ min: 1, max: 300 }),
  depth: fc.integer({ min: 1, max: 600 }),
  seed: fc.integer(),
});

test('C + A Bᵀ is that of JavaScript, and the same in every bit with the same threads', async () => {
  const sessions = [await ProductSession.open(2), await ProductSession.open(2), await ProductSession.open(1)];
  await fc.assert(
    fc.asyncProperty(sizes, async ({ seed, ...size }) => {
      const random = seededRandom(seed);
      const a = randomMatrix(random, size.m * size.depth);
      const b = randomMatrix(random, size.n * size.depth);
      const c = randomMatrix(random, size.m * size.n);
      const expected = c.slice();
      addProductTransposed(a, b, expected, size);
      const sums: Float64Array[] = [];
      for (const { addProduct } of sessions) {
        const sum = c.slice();
        await addProduct(a, b, sum, size);
        sums.push(sum);
      }
      for (const sum of sums) expect(relativeError(sum, expected)).toBeLessThan(1e-13);
      expect(sums[1]).toEqual(sums[0]);
    }),
    { numRuns: 40 },
  );
  for (const session of sessions) await session.release();
});
