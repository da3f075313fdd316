/**
 * The p-quantile, interpolated linearly between order statistics (type 7 of Hyndman and Fan 1996, as in R and numpy).
 * NaN of no values.
 *
 * @param p 0 to 1
 */
export function quantile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return NaN;
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}
