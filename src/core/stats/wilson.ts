import { normalQuantile, type Level } from './normal-quantile.ts';

/**
 * Wilson's interval for a rate of k in n (J. Am. Stat. Assoc. 22, 1927, 209); 0 to 1 when n is 0. Both may be fractions:
 * the effective numbers of {@link effectiveSize}.
 *
 * @param level of each limit: 0.975 for an interval of 95 %
 */
export function wilson(k: number, n: number, level: Level = 0.975): { readonly low: number; readonly high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const z = normalQuantile[level];
  const p = k / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  // Exactly 0 and 1 at the ends, which rounding misses.
  return { low: k === 0 ? 0 : (centre - half) / scale, high: k === n ? 1 : (centre + half) / scale };
}
