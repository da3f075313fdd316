import { expect, test } from 'vitest';
import { logisticRegression } from '../../../../src/core/controls/logistic-regression.ts';
import numbers from '../../../fixtures/controls/logistic.json' with { type: 'json' };

const rows = numbers.h.map((h, i) => ({ h: Float32Array.from(h), positive: numbers.positive[i] === 1 }));

test("the coefficients are scikit-learn's", () => {
  const w = logisticRegression(rows, numbers.penalty);
  expect(w).toHaveLength(numbers.w.length);
  numbers.w.forEach((expected, i) => expect(w[i]).toBeCloseTo(expected, 6));
});

test('rows on a larger scale give the same answer on that scale', () => {
  const larger = rows.map(({ h, positive }) => ({ h: h.map((x) => 64 * x), positive }));
  const [w, scaled] = [logisticRegression(rows, 1), logisticRegression(larger, 1)];
  w.forEach((x, i) => expect(64 * scaled[i]!).toBeCloseTo(x, 8));
});

test('prompts that a line separates have an answer all the same', () => {
  const apart = rows.map(({ h }, i) => ({ h: h.map((x) => (i % 2 ? x + 50 : x - 50)), positive: i % 2 === 1 }));
  expect(logisticRegression(apart, 1).every((x) => x > 0)).toBe(true);
});
