import { expect, test } from 'vitest';
import { randomVector } from '../../../../src/core/controls/random-vector.ts';
import { cosine, norm } from '../../../../src/core/linalg/inner-product.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';

test('a random vector has the length asked for, the same for the same seed, and another direction for another', () => {
  const [a, b, c] = [1, 1, 2].map((seed) => randomVector(576, 7, seededRandom(seed)));
  expect(norm(a!)).toBeCloseTo(7, 12);
  expect(b).toEqual(a);
  expect(Math.abs(cosine(a!, c!))).toBeLessThan(0.2);
});

test('its coordinates are those of a normal distribution: mean 0, no skew, kurtosis 3', () => {
  const n = 100_000;
  const x = randomVector(n, Math.sqrt(n), seededRandom(3));
  const moment = (k: number): number => x.reduce((sum, value) => sum + value ** k, 0) / n;
  expect(moment(1)).toBeCloseTo(0, 1);
  expect(moment(3)).toBeCloseTo(0, 1);
  expect(moment(4)).toBeCloseTo(3, 0);
});
