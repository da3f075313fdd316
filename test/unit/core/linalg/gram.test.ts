import { expect, test } from 'vitest';
import { GramAccumulator, sumGrams } from '../../../../src/core/linalg/gram.ts';
import { seededRandom } from '../../../../src/core/prompts/seeded-random.ts';
import { multiply, randomMatrix, relativeError, transpose } from './dense.ts';

test.each([0, 1, 127, 128, 129, 300])('%d rows one at a time give HᵀH and Hᵀ1', (rows) => {
  const d = 21;
  const h = Float32Array.from(randomMatrix(seededRandom(rows), rows * d));
  const accumulator = new GramAccumulator(d);
  for (let i = 0; i < rows; i++) accumulator.add(h.subarray(i * d, (i + 1) * d));
  const { products, sums, ...counts } = accumulator.gram();
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

test('rows may follow a look at the sums so far', () => {
  const accumulator = new GramAccumulator(2);
  accumulator.add(Float32Array.of(1, 2));
  const first = accumulator.gram();
  accumulator.add(Float32Array.of(3, 4));
  expect(first).toEqual({ d: 2, rows: 1, sums: Float64Array.of(1, 2), products: Float64Array.of(1, 2, 2, 4) });
  expect(accumulator.gram().products).toEqual(Float64Array.of(10, 14, 14, 20));
});

test('sums are f64: what is lost in f32 is kept', () => {
  const accumulator = new GramAccumulator(1);
  accumulator.add(Float32Array.of(2 ** 13));
  for (let i = 0; i < 1000; i++) accumulator.add(Float32Array.of(2 ** -13));
  expect(accumulator.gram().products[0]).toBe(2 ** 26 + 1000 * 2 ** -26);
});

test('a row of weight 3 counts as three rows; sums of parts are the sums of all', () => {
  const random = seededRandom(1);
  const rows = Array.from({ length: 9 }, () => Float32Array.from(randomMatrix(random, 4)));
  const gramOf = (some: readonly Float32Array[], weight?: number) => {
    const accumulator = new GramAccumulator(4);
    some.forEach((row) => accumulator.add(row, weight));
    return accumulator.gram();
  };
  const three = gramOf(rows.flatMap((row) => [row, row, row]));
  const weighted = gramOf(rows, 3);
  expect(relativeError(weighted.products, three.products)).toBeLessThan(1e-14);
  expect(relativeError(weighted.sums, three.sums)).toBeLessThan(1e-14);
  const parts = sumGrams([gramOf(rows.slice(0, 5)), gramOf(rows.slice(5))]);
  expect(relativeError(parts.products, gramOf(rows).products)).toBeLessThan(1e-14);
  expect(parts.rows).toBe(9);
});

test('a row of another length is refused', () => {
  expect(() => new GramAccumulator(3).add(new Float32Array(2))).toThrow(RangeError);
});
