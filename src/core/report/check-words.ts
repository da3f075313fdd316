import { percent, points } from './format.ts';
import type { Check } from './summary.ts';

export function checkValue({ unit, value }: Check): string {
  if (value === null) return 'not measured';
  return unit === 'share' ? percent(value) : points(value);
}

/** `at least 90.0 %`, `at most +2.0 points`, `A/A floor, +1.2 points`. */
export function checkTarget({ unit, sense, target, targetName }: Check): string {
  return `${targetName === undefined ? sense : `${targetName},`} ${unit === 'share' ? percent(target) : points(target)}`;
}

/** `from 81.2 %`, `up to +1.5 points`: the side of the measured value that speaks against the target. */
export function checkBound({ unit, sense, bound }: Check): string | undefined {
  if (bound === undefined) return undefined;
  return `${sense === 'at least' ? 'from' : 'up to'} ${unit === 'share' ? percent(bound) : points(bound)}`;
}

/** Met, and the bound meets the target too: luck is an unlikely explanation. */
export function isMetBeyondChance({ met, sense, bound, target }: Check): boolean {
  if (!met || bound === undefined) return met;
  return sense === 'at least' ? bound >= target : bound <= target;
}
