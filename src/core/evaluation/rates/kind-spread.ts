import { mean } from '../../stats/mean.ts';
import { normalQuantile } from '../../stats/normal-quantile.ts';
import { studentQuantile } from '../../stats/student-quantile.ts';
import { wilson } from '../../stats/wilson.ts';
import { attackGroup, type Group } from '../data/groups.ts';
import type { AttackRates, KindSpread } from '../data/summary.ts';

/** Mean and worst of the kinds of jailbreak that the fit saw, and of those it did not. */
export function kindSpreads(attacks: Readonly<Record<string, AttackRates>>): Partial<Record<Group, KindSpread>> {
  const spreads: Partial<Record<Group, KindSpread>> = {};
  for (const set of ['held-out-goals', 'evaluate'] as const) {
    const kinds = Object.entries(attacks).filter(([, rates]) => rates.set === set);
    if (kinds.length > 0) spreads[attackGroup(set)] = kindSpread(kinds);
  }
  return spreads;
}

function kindSpread(kinds: readonly (readonly [name: string, rates: AttackRates])[]): KindSpread {
  const rates = kinds.map(([, { rate }]) => rate);
  const centre = mean(rates);
  const [worst] = kinds.reduce((a, b) => ((b[1].high - a[1].high || b[1].rate - a[1].rate) < 0 ? b : a));
  const k = kinds.length;
  if (k < 2) return { kinds: k, mean: centre, low: null, high: null, worst };
  return { kinds: k, mean: centre, ...meanBounds(rates, centre), worst };
}

/**
 * The interval of 95 % of a mean of rates that are drawn alike: Wilson's, on as many independent prompts as would leave the
 * mean its variance, fewer by Student's quantile; a rate is worth one prompt where all are the same. Mean and Student's
 * quantile alone give no width at all there: of 3 kinds of 20 prompts that are refused 97 % of the time it held the true
 * mean 71 times in 100, and 41 in 100 where kinds differ much.
 */
function meanBounds(rates: readonly number[], centre: number): { low: number; high: number } {
  const k = rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - centre) ** 2, 0) / (k - 1) / k;
  const worth = variance > 1e-12 ? (centre * (1 - centre)) / variance : k;
  const size = worth * (normalQuantile[0.975] / studentQuantile(0.975, k - 1)) ** 2;
  return wilson(centre * size, size);
}
