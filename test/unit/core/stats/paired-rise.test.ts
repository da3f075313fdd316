import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairedRiseHigh } from '../../../../src/core/stats/paired-rise.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';

// Maximum likelihood under each rise found numerically by scipy; python test/fixtures/method/stats.py
test.each([
  [0, 0, 60, 0.05794765958204251],
  [1, 0, 60, 0.08385795581363044],
  [3, 1, 60, 0.11559432837384456],
  [5, 5, 60, 0.10289816603284416],
  [2, 9, 40, -0.029348254771328557],
  [30, 4, 150, 0.2398257075977809],
])('%d gained and %d lost of %d: the limit by scipy', (gained, lost, n, limit) => {
  expect(pairedRiseHigh(gained, lost, n)).toBeCloseTo(limit, 7);
});

test('the limit is above the rise seen, at most 1, and falls as losses replace gains', () => {
  const counts = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(100));
  fc.assert(
    fc.property(counts, ([gained, lost, same]) => {
      const n = gained + lost + same;
      const high = pairedRiseHigh(gained, lost, n);
      expect(high).toBeLessThanOrEqual(1);
      expect(high).toBeGreaterThanOrEqual(n === 0 ? 1 : (gained - lost) / n);
      if (gained > 0) expect(pairedRiseHigh(gained - 1, lost + 1, n)).toBeLessThan(high + 1e-12);
    }),
  );
});

test.each([
  [0.05, 0.01, 60],
  [0.02, 0.02, 150],
  [0.01, 0.1, 40],
])('rises of %f - %f on %d pairs are below it in 94 % of draws and more', (gain, loss, n) => {
  const random = seededRandom(n);
  const draws = 4000;
  let covered = 0;
  for (let draw = 0; draw < draws; draw++) {
    let gained = 0;
    let lost = 0;
    for (let i = 0; i < n; i++) {
      const x = random();
      if (x < gain) gained++;
      else if (x < gain + loss) lost++;
    }
    if (pairedRiseHigh(gained, lost, n) >= gain - loss) covered++;
  }
  expect(covered / draws).toBeGreaterThan(0.94);
});
