import { expect, test } from 'vitest';
import { steeringMargin, suffixSearch } from '../../../../src/core/attack/suffix-search.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';

const tokens = Array.from({ length: 10 }, (_, id) => id);
const decode = (ids: readonly number[]): string => ids.map((id) => 'abcdefghij'[id]!).join('');
/** How many letters are not "a": a landscape with one bottom. */
const margin = (suffix: string): number => Array.from(suffix).filter((letter) => letter !== 'a').length - 1;

function searched(seed: number, queries: number): ReturnType<typeof suffixSearch> {
  const search = suffixSearch(tokens, decode, queries, seededRandom(seed));
  while (search.queries < queries && search.margin > 0) search.accept(search.propose(8).map(margin));
  return search;
}

test('finds what slips past, keeps the best, and the same seed finds the same', () => {
  const search = searched(1, 2000);
  expect(search.margin).toBeLessThanOrEqual(0);
  expect(margin(search.best)).toBe(search.margin);
  expect(searched(1, 2000).best).toBe(search.best);
  expect(searched(2, 2000).best).not.toBe(search.best);
});

test('the first candidate is a random suffix, and the margin never rises', () => {
  const search = suffixSearch(tokens, decode, 200, seededRandom(3));
  const [first] = search.propose(4);
  expect(first).toBe(search.best);
  search.accept([5, 7, 9, 6]);
  expect(search).toMatchObject({ best: first, margin: 5, queries: 4 });
  search.propose(2);
  search.accept([6, 8]);
  expect(search).toMatchObject({ best: first, margin: 5, queries: 6 });
  expect(search.firstMargin).toBe(5);
  search.propose(2);
  expect(() => search.accept([1])).toThrow(RangeError);
});

test('the margin is the largest lead over a threshold, or over 0 where all are steered', () => {
  expect(steeringMargin([0.5, 0.2], [0.4, 0.3])).toBeCloseTo(0.1);
  expect(steeringMargin([0.1, 0.2], [0.4, 0.3])).toBeCloseTo(-0.1);
  expect(steeringMargin([0.5, 0.2], [-Infinity, -Infinity])).toBe(0.5);
});
