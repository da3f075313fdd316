import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addProductTransposed } from '../../../../src/core/linalg/product.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { multiply, randomMatrix, relativeError, transpose } from './dense.ts';

const sizes = fc.record({
  m: fc.integer({ min: 1, max: 90 }),
  n: fc.integer({ min: 1, max: 90 }),
  depth: fc.integer({ min: 1, max: 300 }),
  seed: fc.integer(),
});

test('C + A Bᵀ is that of three loops, at every size', () => {
  fc.assert(
    fc.property(sizes, ({ m, n, depth, seed }) => {
      const random = seededRandom(seed);
      const a = randomMatrix(random, m * depth);
      const b = randomMatrix(random, n * depth);
      const c = randomMatrix(random, m * n);
      const expected = multiply(a, transpose(b, n, depth), m, depth, n).map((x, i) => x + c[i]!);
      addProductTransposed(a, b, c, { m, n, depth });
      expect(relativeError(c, expected)).toBeLessThan(1e-13);
    }),
    { numRuns: 40 },
  );
});
