import { mean } from '../stats/mean.ts';
import { studentQuantile } from '../stats/student-quantile.ts';
import { attackGroup, type Group } from './groups.ts';
import type { AttackRates, KindSpread } from './summary.ts';

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
  const error = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - centre) ** 2, 0) / (k - 1) / k);
  const half = studentQuantile(0.975, k - 1) * error;
  return { kinds: k, mean: centre, low: Math.max(0, centre - half), high: Math.min(1, centre + half), worst };
}
