import { expect, test } from 'vitest';
import { rateBounds } from '../../../../src/core/stats/rate-bounds.ts';

// Newcombe, Stat. Med. 17, 1998, 857, method 4: Wilson's with a continuity correction, here two-sided at 90 %.
test('limits are Newcombe’s formula, 0 and 1 at the ends', () => {
  const z = 1.6448536269514722;
  const [k, n] = [15, 148];
  const p = k / n;
  const low = 2 * k + z * z - 1 - z * Math.sqrt(z * z - 2 - 1 / n + 4 * p * (n * (1 - p) + 1));
  const high = 2 * k + z * z + 1 + z * Math.sqrt(z * z + 2 - 1 / n + 4 * p * (n * (1 - p) - 1));
  expect(rateBounds(k, n).low).toBeCloseTo(low / (2 * (n + z * z)), 12);
  expect(rateBounds(k, n).high).toBeCloseTo(high / (2 * (n + z * z)), 12);
  expect([rateBounds(0, 20).low, rateBounds(20, 20).high]).toEqual([0, 1]);
  expect(rateBounds(0.06, 0.1)).toEqual({ low: 0, high: 1 });
  expect(rateBounds(0, 0)).toEqual({ low: 0, high: 1 });
});

test.each([0.9, 0.75, 0.5])(
  'of all outcomes at a true rate of %d, so few exceed a limit as is said, whatever n',
  (rate) => {
    for (const n of [1, 2, 3, 5, 9, 18, 25, 24, 50, 97, 240]) {
      const wrong = { pass: 0, fail: 0 };
      let chance = (1 - rate) ** n;
      for (let k = 0; k <= n; k++) {
        const { low, high } = rateBounds(k, n);
        if (low >= rate) wrong.pass += chance;
        if (high < rate) wrong.fail += chance;
        chance *= ((n - k) / (k + 1)) * (rate / (1 - rate));
      }
      expect(wrong.pass).toBeLessThan(0.051);
      expect(wrong.fail).toBeLessThan(0.06);
    }
  },
);
