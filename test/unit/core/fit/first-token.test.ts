import fc from 'fast-check';
import { expect, test } from 'vitest';
import { learnFirstTokens, measureFirstToken, refusalChance } from '../../../../src/core/fit/first-token.ts';

const replies = [
  ...Array.from({ length: 9 }, () => ({ token: 3, refused: true })),
  ...Array.from({ length: 9 }, () => ({ token: 5, refused: false })),
  { token: null, refused: false },
];

test('a first token that refusals begin with says refusal, and one that answers begin with does not', () => {
  const table = learnFirstTokens(replies);
  const sure = (token: number): Float32Array => Float32Array.from({ length: 8 }, (_, i) => (i === token ? 30 : 0));
  expect(refusalChance(sure(3), table)).toBeGreaterThan(0.9);
  expect(refusalChance(sure(5), table)).toBeLessThan(0.1);
  // A token that began no reply says no more than that replies are refused as often as they are.
  expect(refusalChance(sure(7), table)).toBeCloseTo(9.5 / 20, 6);
});

test('it is a chance, whatever the logits, and between those of the two tokens that share the weight', () => {
  const table = learnFirstTokens(replies);
  fc.assert(
    fc.property(fc.array(fc.float({ min: -80, max: 80, noNaN: true }), { minLength: 6, maxLength: 20 }), (logits) => {
      const chance = refusalChance(Float32Array.from(logits), table);
      expect(chance).toBeGreaterThanOrEqual(0);
      expect(chance).toBeLessThanOrEqual(1);
    }),
  );
  const even = refusalChance(Float32Array.from([-99, -99, -99, 1, -99, 1]), table);
  const shares = [table.shares.get(3)!, table.shares.get(5)!];
  expect(even).toBeCloseTo((shares[0]! + shares[1]!) / 2, 6);
});

test('the measure is how often a refusing reply had the higher chance; none where all or none refuse', () => {
  const of = (chance: number, refused: boolean) => ({ chance, refused });
  expect(measureFirstToken([of(0.9, true), of(0.4, true), of(0.5, false), of(0.1, false)])).toEqual({
    n: 4,
    auc: 0.75,
  });
  expect(measureFirstToken([of(0.9, true), of(0.4, true)])).toEqual({ n: 2, auc: null });
  expect(measureFirstToken([])).toEqual({ n: 0, auc: null });
});
