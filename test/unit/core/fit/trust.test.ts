import { expect, test } from 'vitest';
import {
  activationDistance,
  activationSpace,
  countTokens,
  scoreSpread,
  tokenRarity,
} from '../../../../src/core/fit/trust.ts';
import { GramAccumulator } from '../../../../src/core/linalg/gram.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { addProduct } from '../linalg/add-product.ts';

const d = 6;
const random = seededRandom(5);
const scales = [0.1, 0.1, 0.1, 0.1, 3, 8];
const rows = Array.from({ length: 4000 }, () =>
  // Uniform with the variance of each scale squared, around 1.
  Float64Array.from(scales, (scale) => 1 + scale * Math.sqrt(12) * (random() - 0.5)),
);
const gram = new GramAccumulator(d, addProduct);
for (const row of rows) await gram.add(row);
const space = await activationSpace(await gram.gram(), 2, addProduct);

test('the fit’s own activations are at a distance of 1 in the root mean square, its middle at 0', () => {
  const squares = rows.map((row) => activationDistance(row, space) ** 2);
  expect(squares.reduce((a, b) => a + b, 0) / rows.length).toBeCloseTo(1, 2);
  expect(activationDistance(space.mean, space)).toBeCloseTo(0, 9);
});

test('as far along a direction that varies little is further than along one that varies much', () => {
  const moved = (axis: number): Float64Array => space.mean.map((x, i) => (i === axis ? x + 4 : x));
  expect(activationDistance(moved(5), space)).toBeCloseTo(4 / 8 / Math.sqrt(d), 1);
  expect(activationDistance(moved(0), space)).toBeCloseTo(4 / 0.1 / Math.sqrt(d), -1);
});

test('tokens that few or none of the fit’s prompts have are rare, and repeating one in a prompt counts once there', () => {
  const counts = countTokens([
    [1, 2, 2, 2],
    [1, 3],
    [1, 2],
  ]);
  expect(counts.counts).toEqual(
    new Map([
      [1, 3],
      [2, 2],
      [3, 1],
    ]),
  );
  expect(tokenRarity([2], counts)).toBeCloseTo(-Math.log(2.5 / 4));
  expect(tokenRarity([2, 9], counts)).toBeCloseTo((-Math.log(2.5 / 4) - Math.log(0.5 / 4)) / 2);
});

test('tokens of all prompts say nothing of one', () => {
  const counts = countTokens([
    [1, 2],
    [1, 3],
  ]);
  expect(tokenRarity([1, 1, 1, 9], counts)).toBe(tokenRarity([9], counts));
  expect(tokenRarity([1], counts)).toBe(0);
});

test('of fits that each leave one number out of a mean, the spread is the mean’s standard error', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const sum = values.reduce((a, b) => a + b, 0);
  const without = values.map((value) => [(sum - value) / (values.length - 1)]);
  // numpy.std(values, ddof=1) / numpy.sqrt(8)
  expect(scoreSpread([1], without)).toBeCloseTo(0.9717, 4);
});
