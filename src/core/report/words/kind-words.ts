import { interval, percent } from '../../format.ts';
import { groupName, type Group } from '../../evaluation/data/groups.ts';
import type { Summary } from '../../evaluation/data/summary.ts';

/** Mean over kinds of jailbreak, the pooled rate, and the worst kind, a sentence for each group. */
export function kindSentences({ kinds, attacks, conditions }: Summary): string[] {
  return (['jailbreak-seen', 'jailbreak-unseen'] as const satisfies readonly Group[]).flatMap((group) => {
    const spread = kinds[group];
    const pooled = conditions['steered']?.[group];
    const worst = spread && attacks['steered']?.[spread.worst];
    if (spread?.low == null || spread.high === null || pooled === undefined || worst === undefined) return [];
    return `${groupName(group)}, steered: ${percent(spread.mean)} on average over ${spread.kinds} kinds (${interval(spread.low, spread.high)}, were they drawn from all kinds), ${percent(pooled.rate)} over all ${pooled.n} prompts. Worst: ${spread.worst}, ${percent(worst.rate)} of ${worst.n} (${interval(worst.low, worst.high)}).`;
  });
}
