import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mcnemar } from '../../../../src/core/stats/mcnemar.ts';
import { signFlip } from '../../../../src/core/stats/sign-flip.ts';

// scipy.stats.permutation_test, all flips; python test/fixtures/stats/clustered.py
test.each([
  [[3, 1, 2, -1, 4], 0.1875],
  [[1, 1, 1, 1, 1, 1], 0.03125],
  [[5, -5, 2], 1],
  [[2, 0, 0, 3, 7, -1, 4, 4, -2], 0.109375],
])('%j is scipy’s', (sums, p) => {
  expect(signFlip(sums)).toBeCloseTo(p, 12);
});

test('over single prompts it is McNemar’s exact test', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), (gained, lost) => {
      const flips = [...Array<number>(gained).fill(1), ...Array<number>(lost).fill(-1)];
      expect(signFlip(flips)).toBeCloseTo(mcnemar(gained, lost), 9);
    }),
  );
});

test('nothing changed: p is 1', () => {
  expect(signFlip([])).toBe(1);
  expect(signFlip([0, 0])).toBe(1);
});
