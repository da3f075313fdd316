import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenStore, type TokenIds } from '../../../src/core/token-ids.ts';

/** Read after all of them were added, and in the other order. */
function stored(prompts: readonly (readonly number[])[]): TokenIds[] {
  const store = new TokenStore();
  return prompts
    .map((ids) => store.add(ids))
    .reverse()
    .map((index) => store.at(index))
    .reverse();
}

const prompts = fc.array(fc.array(fc.nat(300_000), { maxLength: 20 }), { maxLength: 20 });

test('kept tokens read as the array they came from, whatever is kept before and after them', () => {
  fc.assert(
    fc.property(prompts, (all) => {
      const kept = stored(all);
      expect(kept.map((ids) => [...ids])).toEqual(all);
      expect(kept.map(({ length }) => length)).toEqual(all.map(({ length }) => length));
    }),
  );
});

test('at counts as in an array, from the end too, and never reads a neighbour', () => {
  const ids = stored([[1, 2], [3, 4, 5], [6]])[1]!;
  for (let i = -5; i <= 5; i++) expect(ids.at(i)).toBe([3, 4, 5].at(i));
});

test('prompts that fill blocks, and one longer than a block, are kept whole', () => {
  const all = [40_000, 40_000, 200_000, 3].map((length, k) => Array.from({ length }, (_, i) => i + k));
  expect(stored(all).map((ids) => [...ids])).toEqual(all);
});
