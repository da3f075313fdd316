import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { symmetricEigen } from '../../../../src/core/linalg/symmetric-eigen.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { addProduct } from './add-product.ts';
import { multiply, randomMatrix, transpose } from './dense.ts';

/** Symmetric, with these eigenvalues: their diagonal turned by random reflections. */
function withEigenvalues(values: readonly number[], seed: number): Float64Array {
  const n = values.length;
  const random = seededRandom(seed);
  let a: Float64Array = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? values[i % n]! : 0));
  for (let turn = 0; turn < 3; turn++) {
    const v = randomMatrix(random, n);
    const beta = 2 / v.reduce((sum, x) => sum + x * x, 0);
    const h = Float64Array.from(
      { length: n * n },
      (_, i) => Number(i % (n + 1) === 0) - beta * v[i % n]! * v[Math.floor(i / n)]!,
    );
    a = Float64Array.from(multiply(multiply(h, a, n, n, n), h, n, n, n));
  }
  return a.map((_, i) => (a[i]! + a[(i % n) * n + Math.floor(i / n)]!) / 2);
}

/** What a decomposition must be, with errors in units of n ε ‖A‖. */
async function expectDecomposition(a: Float64Array, n: number): Promise<Float64Array> {
  const before = a.slice();
  const { values, vectors } = await symmetricEigen(a, n, addProduct);
  expect(a).toEqual(before);
  const largest = Math.max(Math.abs(values[0]!), Math.abs(values[n - 1]!));
  const tolerance = 10 * n * Number.EPSILON;
  const turned = multiply(vectors, a, n, n, n);
  const identity = multiply(vectors, transpose(vectors, n, n), n, n, n);
  const residuals = turned.map((x, i) => Math.abs(x - values[Math.floor(i / n)]! * vectors[i]!));
  expect(Math.max(...residuals)).toBeLessThanOrEqual(tolerance * largest);
  expect(Math.max(...identity.map((x, i) => Math.abs(x - Number(i % (n + 1) === 0))))).toBeLessThan(tolerance);
  expect(values.toSorted()).toEqual(values);
  return values;
}

async function expectEigenvalues(expected: readonly number[], seed = 1): Promise<void> {
  const n = expected.length;
  const values = await expectDecomposition(withEigenvalues(expected, seed), n);
  const sorted = [...expected].sort((x, y) => x - y);
  const largest = Math.max(...expected.map(Math.abs));
  values.forEach((value, i) =>
    expect(Math.abs(value - sorted[i]!)).toBeLessThanOrEqual(10 * n * Number.EPSILON * largest),
  );
}

const range = (n: number, value: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => value(i));

describe('A Vᵀ = Vᵀ Λ with V orthogonal, and the eigenvalues that A was made of', () => {
  test('of any symmetric matrix', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 24 }), fc.integer(), async (n, seed) => {
        const x = randomMatrix(seededRandom(seed), n * n);
        await expectDecomposition(
          x.map((value, i) => value + x[(i % n) * n + Math.floor(i / n)]!),
          n,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('of a condition of 1e12', () => expectEigenvalues(range(60, (i) => 10 ** (-12 * (i / 59)))));
  test('of one massive direction', () => expectEigenvalues(range(60, (i) => (i === 0 ? 1e9 : 1 + i))));
  test('of tied eigenvalues', () => expectEigenvalues(range(50, (i) => Math.floor(i / 10))));
  test('of eigenvalues that are all but tied', () => expectEigenvalues(range(50, (i) => 1 + 1e-15 * i)));
  test('of a rank below n', () => expectEigenvalues(range(50, (i) => Math.max(0, i - 30))));
  test('of rank one', () => expectEigenvalues(range(30, (i) => Number(i === 7))));
  test('of both signs', () => expectEigenvalues(range(31, (i) => i - 15)));
  test('of numbers near the ends of f64', async () => {
    await expectEigenvalues(range(12, (i) => 1e-280 * (i + 1)));
    await expectEigenvalues(range(12, (i) => 1e280 * (i + 1)));
  });
  test('of several sizes around the blocks', async () => {
    for (const n of [1, 2, 3, 4, 5, 63, 64, 65, 130])
      await expectEigenvalues(
        range(n, (i) => 1 / (i + 1)),
        n,
      );
  });
});

test('the zero matrix, the identity and a diagonal matrix come out exact', async () => {
  expect((await symmetricEigen(new Float64Array(9), 3, addProduct)).values).toEqual(new Float64Array(3));
  expect((await symmetricEigen(Float64Array.of(1, 0, 0, 1), 2, addProduct)).values).toEqual(Float64Array.of(1, 1));
  expect(await symmetricEigen(Float64Array.of(3, 0, 0, 0, 1, 0, 0, 0, 2), 3, addProduct)).toEqual({
    n: 3,
    values: Float64Array.of(1, 2, 3),
    vectors: Float64Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0),
  });
});

test('numbers that are not finite are an error, not an endless loop', async () => {
  await expect(symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2, addProduct)).rejects.toThrow('not finite');
  await expect(symmetricEigen(Float64Array.of(Infinity, 1, 1, 1), 2, addProduct)).rejects.toThrow('not finite');
});
