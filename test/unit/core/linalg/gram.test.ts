import { expect, test } from 'vitest';
import { GramAccumulator, sumGrams, type Gram } from '../../../../src/core/linalg/gram.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { addProduct } from './add-product.ts';
import { multiply, randomMatrix, relativeError, transpose } from './dense.ts';

test.each([0, 1, 127, 128, 129, 300])('%d rows one at a time give HᵀH and Hᵀ1', async (rows) => {
  const d = 21;
  const h = Float32Array.from(randomMatrix(seededRandom(rows), rows * d));
  const accumulator = new GramAccumulator(d, addProduct);
  for (let i = 0; i < rows; i++) await accumulator.add(h.subarray(i * d, (i + 1) * d));
  const { products, sums, ...counts } = await accumulator.gram();
  expect(counts).toEqual({ d, rows });
  if (rows === 0) {
    expect(products).toEqual(new Float64Array(d * d));
    return;
  }
  const exact = Float64Array.from(h);
  expect(relativeError(products, multiply(transpose(exact, rows, d), exact, d, rows, d))).toBeLessThan(1e-14);
  expect(relativeError(sums, multiply(new Float64Array(rows).fill(1), exact, 1, rows, d))).toBeLessThan(1e-14);
  expect(transpose(products, d, d)).toEqual(products);
});

test('sums are f64: what is lost in f32 is kept', async () => {
  const accumulator = new GramAccumulator(1, addProduct);
  await accumulator.add(Float32Array.of(2 ** 13));
  for (let i = 0; i < 1000; i++) await accumulator.add(Float32Array.of(2 ** -13));
  expect((await accumulator.gram()).products[0]).toBe(2 ** 26 + 1000 * 2 ** -26);
});

test('a row of weight 3 counts as three rows; sums of parts are the sums of all', async () => {
  const random = seededRandom(1);
  const rows = Array.from({ length: 9 }, () => Float32Array.from(randomMatrix(random, 4)));
  const gramOf = async (some: readonly Float32Array[], weight?: number): Promise<Gram> => {
    const accumulator = new GramAccumulator(4, addProduct);
    for (const row of some) await accumulator.add(row, weight);
    return accumulator.gram();
  };
  const three = await gramOf(rows.flatMap((row) => [row, row, row]));
  const weighted = await gramOf(rows, 3);
  expect(relativeError(weighted.products, three.products)).toBeLessThan(1e-14);
  expect(relativeError(weighted.sums, three.sums)).toBeLessThan(1e-14);
  const parts = sumGrams([await gramOf(rows.slice(0, 5)), await gramOf(rows.slice(5))]);
  expect(relativeError(parts.products, (await gramOf(rows)).products)).toBeLessThan(1e-14);
  expect(parts.rows).toBe(9);
});

test('a row of another length is refused', async () => {
  await expect(new GramAccumulator(3, addProduct).add(new Float32Array(2))).rejects.toThrow(RangeError);
});
