import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secularRoot } from '../../../../src/core/linalg/secular-equation.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';

test('each root lies between its poles and solves the equation, however unequal gaps and weights are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 30 }), fc.integer(), fc.nat(12), (k, seed, decades) => {
      const random = seededRandom(seed);
      const d = new Float64Array(k);
      for (let j = 1; j < k; j++) d[j] = d[j - 1]! + 10 ** (-decades * random());
      const squares = Float64Array.from(d, () => 10 ** (-2 * decades * random()));
      const rho = 10 ** (2 * random() - 1);
      for (let i = 0; i < k; i++) {
        const differences = new Float64Array(k);
        const root = secularRoot(d, squares, rho, i, differences);
        expect(differences[i]).toBeLessThan(0);
        if (i + 1 < k) expect(differences[i + 1]).toBeGreaterThan(0);
        expect(root).toBeGreaterThanOrEqual(d[i]!);
        let value = 1 / rho;
        let size = 1 / rho;
        differences.forEach((difference, j) => {
          value += squares[j]! / difference;
          size += Math.abs(squares[j]! / difference);
        });
        expect(Math.abs(value) / size).toBeLessThan(k * 10 * Number.EPSILON);
      }
    }),
    { numRuns: 200 },
  );
});

test('two poles: the roots of the quadratic', () => {
  const roots = [0, 1].map((i) =>
    secularRoot(Float64Array.of(0, 1), Float64Array.of(0.5, 0.5), 1, i, new Float64Array(2)),
  );
  expect(roots[0]).toBeCloseTo(1 - Math.SQRT1_2, 15);
  expect(roots[1]).toBeCloseTo(1 + Math.SQRT1_2, 15);
});
