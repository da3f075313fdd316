import { wilson } from './wilson.ts';

/**
 * Limits, each one-sided at 95 %, of a rate of k in n: Wilson's, with a continuity correction of half a prompt. Both may be
 * fractions: the effective numbers of {@link effectiveSize}. 0 to 1 when n is 0.
 *
 * Why this one: a check that passes or fails by a limit may be wrong one time in twenty. By Wilson's limits as they are, at
 * a true rate of 90 or 75 % and n to 400, it wrongly passes up to 7.5 times in 100 (9 of 9 refused) and wrongly fails up to
 * 25 (one prompt, not refused); with the correction 4.7 and 5.8.
 */
export function rateBounds(k: number, n: number): { readonly low: number; readonly high: number } {
  return {
    low: wilson(Math.max(0, k - 0.5), n, 0.95).low,
    high: wilson(Math.min(n, k + 0.5), n, 0.95).high,
  };
}
