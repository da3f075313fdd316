import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashIndex } from '../../../../src/worker/fit/hash-index.ts';

const hashOf = (n: number): string => createHash('sha256').update(String(n)).digest('hex');

test('hashes are numbered in the order they came, as often as they come', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2_000), { maxLength: 3_000 }), (numbers) => {
      const index = new HashIndex();
      const expected = new Map<number, number>();
      for (const n of numbers) {
        if (!expected.has(n)) expected.set(n, expected.size);
        expect(index.add(hashOf(n))).toBe(expected.get(n));
      }
      expect(index.size).toBe(expected.size);
      for (let n = 0; n <= 2_000; n++) expect(index.find(hashOf(n))).toBe(expected.get(n));
    }),
    { numRuns: 20 },
  );
});

test('hashes that begin alike, whose slots are all the same, are told apart', () => {
  const index = new HashIndex();
  const alike = Array.from({ length: 700 }, (_, n) => `00000000${hashOf(n).slice(8)}`);
  expect(alike.map((hash) => index.add(hash))).toEqual([...alike.keys()]);
  expect(alike.map((hash) => index.find(hash))).toEqual([...alike.keys()]);
  expect(index.find(`00000000${hashOf(700).slice(8)}`)).toBeUndefined();
});

test('more hashes than a block holds keep their numbers', () => {
  const index = new HashIndex();
  const many = Array.from({ length: 10_000 }, (_, n) => hashOf(n));
  many.forEach((hash) => index.add(hash));
  expect(many.map((hash) => index.find(hash))).toEqual([...many.keys()]);
});

test('what is no SHA-256 is refused', () => {
  const index = new HashIndex();
  for (const hash of ['', 'abc', `${hashOf(1)}0`, `${hashOf(1).slice(1)}x`, 'x'.repeat(64)])
    for (const ask of [(): unknown => index.add(hash), (): unknown => index.find(hash)])
      expect(ask).toThrow(RangeError);
  expect(index.size).toBe(0);
});
