import { effectiveSize, type ClusteredSample } from './clustered-sample.ts';
import { pairedRiseHigh } from './paired-rise.ts';

/**
 * Limits, each one-sided at 95 %, of the mean of differences between -1 and 1, the clusters counted: Tango's, on the
 * effective numbers of pairs of a sample that has these differences, whatever its size. Exact for differences of -1, 0 and 1; wide for those in between, which vary less.
 */
export function riseBounds(differences: readonly number[], sample: ClusteredSample): { low: number; high: number } {
  const size = effectiveSize(sample, 0.95);
  const part = (sign: number): number =>
    (size / differences.length) * differences.reduce((sum, value) => sum + Math.max(0, sign * value), 0);
  return { low: -pairedRiseHigh(part(-1), part(1), size), high: pairedRiseHigh(part(1), part(-1), size) };
}
