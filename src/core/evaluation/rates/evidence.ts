import { clusteredSample, effectiveSize, type ClusteredSample } from '../../stats/clustered-sample.ts';
import { signFlip } from '../../stats/sign-flip.ts';
import type { ClusterCounts, Reply } from '../data/summary.ts';

export function clusterCounts(replies: readonly Reply[]): ClusterCounts {
  const count = (kind: Over[number]): number => new Set(replies.map((reply) => clusterOf(reply, kind))).size;
  return { templates: count('template'), goals: count('goal') };
}

/** What replies are clustered by: a kind of attack by goals alone, since it is about the few templates that it has. */
export type Over = readonly ('template' | 'goal')[];

export const bothClusters: Over = ['template', 'goal'];

/** A value a reply as a sample clustered by template or by goal, whichever leaves less evidence. */
export function worseSample(replies: readonly Reply[], values: readonly number[], over: Over): ClusteredSample {
  const samples = over.map((kind) =>
    clusteredSample(
      values,
      replies.map((reply) => clusterOf(reply, kind)),
    ),
  );
  return samples.reduce((a, b) => (effectiveSize(b, 0.975) < effectiveSize(a, 0.975) ? b : a));
}

/** Sign-flip test of whole numbers, one a reply, over templates and over goals: the larger p of the two. */
export function worseSignFlip(replies: readonly Reply[], values: readonly number[], over: Over): number {
  const p = over.map((kind) => {
    const sums = new Map<string, number>();
    replies.forEach((reply, i) => {
      const cluster = clusterOf(reply, kind);
      sums.set(cluster, (sums.get(cluster) ?? 0) + values[i]!);
    });
    return signFlip([...sums.values()]);
  });
  return Math.max(...p);
}

/** A reply that doesn't say is a cluster of its own, which the summary warns of. */
function clusterOf(reply: Reply, kind: Over[number]): string {
  return reply[kind] ?? reply.id;
}
