import { count, interval, percent, points, signed } from '../../format.ts';
import type { Check, Outcome } from '../../evaluation/data/summary.ts';

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  pass: 'Pass',
  fail: 'Fail',
  'not enough data': 'Not enough data',
};

export function checkValue({ unit, value }: Check): string {
  if (value === null) return 'not measured';
  return unit === 'share' ? percent(value) : points(value);
}

/** `at least 90.0 %`, `at most +2.0 points`, `A/A floor, +1.2 points`. */
export function checkTarget({ unit, sense, target, targetName }: Check): string {
  return `${targetName === undefined ? sense : `${targetName},`} ${unit === 'share' ? percent(target) : points(target)}`;
}

/** `68.0–84.5 %`, `−1.0 to +2.9 points`: where the true value is, each end at 95 %, one-sided. */
export function checkBounds({ unit, low, high }: Check): string {
  if (low === null || high === null) return '–';
  return unit === 'share' ? interval(low, high) : `${signed(low * 100, 1)} to ${points(high)}`;
}

/** What would decide a check that these prompts don't. */
export function enoughWords({ id, outcome, enough, value }: Check): string {
  if (outcome !== 'not enough data') return '';
  // Loops go unmeasured only where replies were stopped early.
  if (value === null) return id === 'degenerate' ? 'whole replies' : 'any';
  return enough === null ? 'none: on the margin' : `${enough.prompts} in ${count(enough.clusters, 'cluster')}`;
}
