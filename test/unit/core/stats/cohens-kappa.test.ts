import { expect, test } from 'vitest';
import { cohensKappa } from '../../../../src/core/stats/cohens-kappa.ts';

const ratings = (...counts: [string, number][]): string[] =>
  counts.flatMap(([rating, n]) => Array<string>(n).fill(rating));

test('20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 0.7 agreed, 0.5 by chance, kappa 0.4', () => {
  const first = ratings(['yes', 25], ['no', 25]);
  const second = ratings(['yes', 20], ['no', 5], ['yes', 10], ['no', 15]);
  expect(cohensKappa(first, second)).toBeCloseTo(0.4, 14);
  expect(cohensKappa(second, first)).toBeCloseTo(0.4, 14);
});

test('full agreement is 1; one answer only, or no items, says nothing', () => {
  expect(cohensKappa(['a', 'b', 'c'], ['a', 'b', 'c'])).toBe(1);
  expect(cohensKappa(['a', 'a'], ['a', 'a'])).toBeNaN();
  expect(cohensKappa([], [])).toBeNaN();
  expect(() => cohensKappa(['a'], [])).toThrow(RangeError);
});
