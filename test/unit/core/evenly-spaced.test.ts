import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evenly } from '../../../src/core/evenly-spaced.ts';

test('rows are taken in their order, none twice, the first among them, with gaps that differ by one at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 100 }), (length, most) => {
      const taken = evenly(
        Array.from({ length }, (_, i) => i),
        most,
      );
      expect(taken).toHaveLength(Math.min(length, most));
      expect(taken[0]).toBe(0);
      const gaps = taken.slice(1).map((row, i) => row - taken[i]!);
      if (gaps.length > 0) {
        expect(Math.min(...gaps)).toBeGreaterThan(0);
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
      }
    }),
  );
});
