import type { Level } from './normal-quantile.ts';
import { studentQuantile } from './student-quantile.ts';

/** Values that come in clusters of values that go together, and how much that costs. */
export interface ClusteredSample {
  readonly n: number;
  readonly clusters: number;
  /** Variance of the mean, the clusters counted, over the one it would have were the values independent; at least 1 (Kish 1965). */
  readonly designEffect: number;
}

/**
 * The variance of the mean is the usual cluster-robust one, G/(G-1) Σ_g (Σ_{i in g} (y_i - ȳ))² / n². Equal values tell
 * nothing about how much a cluster goes together: then each cluster counts as if it were one value.
 */
export function clusteredSample(values: readonly number[], clusterOf: readonly string[]): ClusteredSample {
  const n = values.length;
  const centre = values.reduce((sum, value) => sum + value, 0) / n;
  const sums = new Map<string, number>();
  const sizes = new Map<string, number>();
  let squares = 0;
  values.forEach((value, i) => {
    const cluster = clusterOf[i]!;
    sums.set(cluster, (sums.get(cluster) ?? 0) + value - centre);
    sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
    squares += (value - centre) ** 2;
  });
  const clusters = sums.size;
  const between = sumOfSquares(sums.values());
  const effect =
    squares > n * 1e-12 && clusters > 1
      ? ((clusters / (clusters - 1)) * between) / ((n / (n - 1)) * squares)
      : sumOfSquares(sizes.values()) / n;
  return { n, clusters, designEffect: Math.max(1, effect) };
}

/**
 * How many independent values would say as much: n over the design effect, and fewer where there are few clusters, by
 * the ratio of Student's quantiles (Korn and Graubard, Surv. Methodol. 24, 1998, 193). Counts scaled down by it go into
 * intervals made for independent values (Rao and Scott, Biometrics 48, 1992, 577). 0 for a single cluster of several values.
 */
export function effectiveSize({ n, clusters, designEffect }: ClusteredSample, level: Level): number {
  if (clusters === n) return n;
  if (clusters < 2) return 0;
  return (n / designEffect) * (studentQuantile(level, n - 1) / studentQuantile(level, clusters - 1)) ** 2;
}

function sumOfSquares(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
