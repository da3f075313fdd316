import { expect, test } from 'vitest';
import { halvings } from '../../../../src/core/fit/halvings.ts';

test('each way to part the things in two comes once, told by the half that holds the first', () => {
  expect(halvings(2)).toEqual([[0]]);
  expect(halvings(4)).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
  ]);
  const eight = halvings(8);
  expect(eight).toHaveLength(35);
  expect(new Set(eight.map(String)).size).toBe(35);
  expect(
    eight.every((half) => half[0] === 0 && half.length === 4 && half.every((i, at) => at === 0 || i > half[at - 1]!)),
  ).toBe(true);
});
