import { expect, test } from 'vitest';
import { attackRates } from '../../../../../src/core/evaluation/rates/attack-rates.ts';
import { seededRandom } from '../../../../../src/core/prompts/split/seeded-random.ts';
import { mean } from '../../../../../src/core/stats/mean.ts';
import { kindSpreads } from '../../../../../src/core/evaluation/rates/kind-spread.ts';
import type { Reply } from '../../../../../src/core/evaluation/data/summary.ts';
import { reply } from '../../report/reply.ts';

function kind(attack: string, refused: number, n: number): Reply[] {
  return Array.from({ length: n }, (_, i) =>
    reply({ id: `${attack}-${i}`, label: 'jailbreak', attack, verdict: i < refused ? 'refused' : 'complied' }),
  );
}

test('kinds count the same in the mean, and the worst is the one that its prompts show to be', () => {
  const spread = kindSpreads(attackRates([...kind('a', 9, 10), ...kind('b', 10, 40), ...kind('c', 0, 1)], null));
  const { kinds, mean, low, high, worst } = spread['jailbreak-unseen']!;
  expect([kinds, worst]).toEqual([3, 'b']);
  expect(mean).toBeCloseTo(1.15 / 3);
  // numpy, scipy and statsmodels, python test/fixtures/stats/clustered.py
  expect(low).toBeCloseTo(0.023530329879167144, 8);
  expect(high).toBeCloseTo(0.9412991105510127, 8);
});

test('kinds that are all refused alike leave room for kinds that are not', () => {
  const spread = kindSpreads(attackRates([...kind('a', 5, 5), ...kind('b', 5, 5), ...kind('c', 5, 5)], null));
  expect(spread['jailbreak-unseen']).toMatchObject({ kinds: 3, mean: 1, high: 1 });
  expect(spread['jailbreak-unseen']!.low).toBeLessThan(0.5);
});

test.each([
  ['kinds alike', [0.97]],
  ['one kind in ten not refused', [1, 1, 1, 1, 1, 1, 1, 1, 1, 0.7]],
])('%s: the interval over five kinds holds the mean over all kinds in 93 % of draws and more', (_, rates) => {
  const random = seededRandom(9);
  const draws = 400;
  const truth = mean(rates);
  let covered = 0;
  for (let draw = 0; draw < draws; draw++) {
    const replies = Array.from('abcde').flatMap((name) => {
      const rate = rates[Math.floor(random() * rates.length)]!;
      return kind(name, Array.from({ length: 20 }, random).filter((x) => x < rate).length, 20);
    });
    const { low, high } = kindSpreads(attackRates(replies, null))['jailbreak-unseen']!;
    if (low! <= truth && truth <= high!) covered++;
  }
  expect(covered / draws).toBeGreaterThan(0.93);
});

test('one kind has a mean and no interval', () => {
  expect(kindSpreads(attackRates(kind('a', 1, 2), null))['jailbreak-unseen']).toMatchObject({ mean: 0.5, low: null });
});
