import { expect, test } from 'vitest';
import { noRows, addRow } from '../../../../src/core/linalg/row-sums.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { halvings, splitHalfCosine } from '../../../../src/core/fit/split-half.ts';

const d = 16;

/** Refused prompts lie `apart` from answered ones along the first axis, under noise of standard deviation √(1/12). */
function parts(apart: number, perPart = 20): Parameters<typeof splitHalfCosine>[0] {
  const random = seededRandom(7);
  return Array.from({ length: 8 }, () => {
    const sums = { refused: noRows(d), answered: noRows(d) };
    for (let i = 0; i < perPart; i++)
      for (const side of ['refused', 'answered'] as const) {
        const row = Float64Array.from({ length: d }, () => random() - 0.5);
        if (side === 'refused') row[0]! += apart;
        addRow(sums[side], row);
      }
    return sums;
  });
}

test('r is the same from either half where refused prompts lie apart, and has nothing in common where they do not', () => {
  expect(splitHalfCosine(parts(2))).toBeGreaterThan(0.95);
  expect(Math.abs(splitHalfCosine(parts(0))!)).toBeLessThan(0.3);
});

test('without an answered prompt there is no direction to compare', () => {
  const refusedOnly = parts(2).map(({ refused }) => ({ refused, answered: noRows(d) }));
  expect(splitHalfCosine(refusedOnly)).toBeNull();
});

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
