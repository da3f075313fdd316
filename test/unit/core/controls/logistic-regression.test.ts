import { expect, test } from 'vitest';
import { logisticRegression } from '../../../../src/core/controls/logistic-regression.ts';
import { addProduct } from '../linalg/add-product.ts';
import numbers from '../../../fixtures/controls/logistic.json' with { type: 'json' };

const rows = numbers.h.map((h, i) => ({ h: Float32Array.from(h), positive: numbers.positive[i] === 1 }));

test("the coefficients are scikit-learn's", async () => {
  const w = await logisticRegression(rows, numbers.penalty, addProduct);
  expect(w).toHaveLength(numbers.w.length);
  numbers.w.forEach((expected, i) => expect(w[i]).toBeCloseTo(expected, 6));
});

test('rows on a larger scale give the same answer on that scale', async () => {
  const larger = rows.map(({ h, positive }) => ({ h: h.map((x) => 64 * x), positive }));
  const w = await logisticRegression(rows, 1, addProduct);
  const scaled = await logisticRegression(larger, 1, addProduct);
  w.forEach((x, i) => expect(64 * scaled[i]!).toBeCloseTo(x, 8));
});

test('prompts that a line separates have an answer all the same', async () => {
  const apart = rows.map(({ h }, i) => ({ h: h.map((x) => (i % 2 ? x + 50 : x - 50)), positive: i % 2 === 1 }));
  const w = await logisticRegression(apart, 1, addProduct);
  expect(w.every((x) => x > 0)).toBe(true);
});
