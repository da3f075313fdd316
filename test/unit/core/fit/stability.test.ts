import { expect, test } from 'vitest';
import { noRows, addRow } from '../../../../src/core/linalg/row-sums.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { scoreSpread, splitHalfCosine } from '../../../../src/core/fit/stability.ts';

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

test('of fits that each leave one number out of a mean, the spread is the mean’s standard error', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const sum = values.reduce((a, b) => a + b, 0);
  const without = values.map((value) => [(sum - value) / (values.length - 1)]);
  // numpy.std(values, ddof=1) / numpy.sqrt(8)
  expect(scoreSpread([1], without)).toBeCloseTo(0.9717, 4);
});
