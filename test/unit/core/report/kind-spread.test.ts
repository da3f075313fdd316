import { expect, test } from 'vitest';
import { attackRates } from '../../../../src/core/report/attack-rates.ts';
import { kindSpreads } from '../../../../src/core/report/kind-spread.ts';
import type { Reply } from '../../../../src/core/report/summary.ts';
import { reply } from './reply.ts';

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
  // numpy and scipy: mean ± t.ppf(0.975, 2) * std(ddof=1) / sqrt(3), cut at 0 and 1
  expect(low).toBe(0);
  expect(high).toBe(1);
});

test('one kind has a mean and no interval', () => {
  expect(kindSpreads(attackRates(kind('a', 1, 2), null))['jailbreak-unseen']).toMatchObject({ mean: 0.5, low: null });
});
