import fc from 'fast-check';
import { expect, test } from 'vitest';
import { divideAndConquer } from '../../../../src/core/linalg/divide-and-conquer.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { addProduct } from './add-product.ts';
import { multiply, randomMatrix, transpose } from './dense.ts';

/** T Zᵀ = Zᵀ Λ, Z Zᵀ = I, values ascending; returns the values. */
async function expectDecomposition(diagonal: Float64Array, offDiagonal: Float64Array): Promise<Float64Array> {
  const n = diagonal.length;
  const t = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    t[i * n + i] = diagonal[i]!;
    if (i > 0) t[i * n + i - 1] = t[(i - 1) * n + i] = offDiagonal[i]!;
  }
  const { values, rows } = await divideAndConquer(diagonal, offDiagonal, addProduct);
  const size = Math.max(Number.MIN_VALUE, ...values.map(Math.abs));
  const residual = multiply(rows, t, n, n, n).map((x, i) => Math.abs(x - values[Math.floor(i / n)]! * rows[i]!) / size);
  const identity = multiply(rows, transpose(rows, n, n), n, n, n).map((x, i) =>
    Math.abs(x - Number(i % (n + 1) === 0)),
  );
  expect(Math.max(...residual)).toBeLessThan(4 * n * Number.EPSILON);
  expect(Math.max(...identity)).toBeLessThan(4 * n * Number.EPSILON);
  expect(values.toSorted()).toEqual(values);
  return values;
}

const filled = (n: number, value: (i: number) => number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => value(i));

test('any tridiagonal matrix, with couplings of all sizes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 33, max: 120 }),
      fc.integer(),
      fc.integer({ min: 0, max: 20 }),
      async (n, seed, decades) => {
        const random = seededRandom(seed);
        await expectDecomposition(
          randomMatrix(random, n),
          filled(n, (i) => (i === 0 ? 0 : (random() - 0.5) * 10 ** (-decades * random()))),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('the second difference has the eigenvalues 2 - 2 cos(k π / (n + 1))', async () => {
  const n = 150;
  const values = await expectDecomposition(
    filled(n, () => 2),
    filled(n, (i) => (i === 0 ? 0 : -1)),
  );
  values.forEach((value, i) => expect(value).toBeCloseTo(2 - 2 * Math.cos(((i + 1) * Math.PI) / (n + 1)), 13));
});

test('Wilkinson’s matrix, whose eigenvalues come in pairs that are equal to the last digit', async () => {
  await expectDecomposition(
    filled(101, (i) => Math.abs(i - 50)),
    filled(101, (i) => Number(i > 0)),
  );
});

test('Wilkinson’s matrix glued five times by weak couplings: clusters of five', async () => {
  await expectDecomposition(
    filled(105, (i) => Math.abs((i % 21) - 10)),
    filled(105, (i) => (i === 0 ? 0 : i % 21 === 0 ? 1e-8 : 1)),
  );
});

test('a diagonal that falls over thirty powers of ten', async () => {
  await expectDecomposition(
    filled(90, (i) => 10 ** (-i / 3)),
    filled(90, (i) => (i === 0 ? 0 : 10 ** (-i / 3 - 1))),
  );
});

test('all the same, and uncoupled', async () => {
  expect(
    await expectDecomposition(
      filled(70, () => 3),
      new Float64Array(70),
    ),
  ).toEqual(filled(70, () => 3));
  expect(await expectDecomposition(new Float64Array(70), new Float64Array(70))).toEqual(new Float64Array(70));
});
