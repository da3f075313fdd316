import { expect, test } from 'vitest';
import { seededRandom, shuffled } from '../../../../../src/core/prompts/split/seeded-random.ts';

test('a seed gives the same numbers for ever', () => {
  const random = seededRandom(42);
  expect(Array.from({ length: 3 }, () => Math.floor(random() * 2 ** 32))).toMatchInlineSnapshot(`
    [
      2581720956,
      1925393290,
      3661312704,
    ]
  `);
});

test('the numbers are uniform to within sampling error', () => {
  const random = seededRandom(7);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) counts[Math.floor(random() * 10)]!++;
  const chiSquare = counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
  expect(chiSquare).toBeLessThan(27.9); // 9 degrees of freedom, p = 0.001
});

test('a shuffle is a permutation and leaves the list alone', () => {
  const items = Object.freeze([1, 2, 3, 4, 5, 6, 7, 8]);
  const order = shuffled(items, seededRandom(1));
  expect(order).not.toEqual(items);
  expect([...order].sort()).toEqual(items);
});
