/**
 * Sign-flip test over clusters, exact and two-sided: how likely a total at least as far from 0 is when every cluster's sum
 * could as well have had the other sign. All 2^k flips are counted, by adding one cluster after the other to the
 * distribution of the total, so nothing is drawn.
 *
 * @param sums whole numbers, one a cluster
 * @returns 1 where all are 0; never below 2^(1-k) for k clusters that aren't
 */
export function signFlip(sums: readonly number[]): number {
  const sizes = sums.map(Math.abs).filter((size) => size > 0);
  const most = sizes.reduce((sum, size) => sum + size, 0);
  const seen = Math.abs(sums.reduce((sum, value) => sum + value, 0));
  /** Probability that the sums with a positive sign add up to the index. */
  const chance = new Float64Array(most + 1);
  chance[0] = 1;
  let reached = 0;
  for (const size of sizes) {
    reached += size;
    for (let at = reached; at >= 0; at--) chance[at] = (chance[at]! + (at < size ? 0 : chance[at - size]!)) / 2;
  }
  return Math.min(
    1,
    chance.reduce((sum, p, at) => (Math.abs(2 * at - most) >= seen ? sum + p : sum), 0),
  );
}
