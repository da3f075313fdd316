import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashMap } from '../../../../src/worker/fit/hash-map.ts';

const hashOf = (n: number): string => createHash('sha256').update(String(n)).digest('hex');

test('it reads as a Map that was set the same values', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.option(fc.nat(), { nil: undefined }))), (entries) => {
      const map = new HashMap<number | undefined>();
      const expected = new Map<number, number | undefined>();
      for (const [n, value] of entries) {
        map.set(hashOf(n), value);
        expected.set(n, value);
      }
      for (let n = 0; n <= 50; n++) {
        expect(map.has(hashOf(n))).toBe(expected.has(n));
        expect(map.get(hashOf(n))).toBe(expected.get(n));
      }
    }),
  );
});
