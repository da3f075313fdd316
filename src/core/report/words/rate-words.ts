import { count, interval, percent } from '../../format.ts';
import { groupName, labelGroups, type Group } from '../../evaluation/data/groups.ts';
import {
  enoughJudged,
  errorsThatCount,
  othersOf,
  refusalsOf,
  type JudgeErrors,
} from '../../evaluation/data/judge-errors.ts';
import type { Summary } from '../../evaluation/data/summary.ts';
import { sampleSize } from '../../evaluation/row-query.ts';

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

/** What changed between base and base in another batch shape; undefined where base ran once. */
export function floorSentence({ sameAgain, degenerate: { floor } }: Summary): string | undefined {
  if (floor === null) return undefined;
  const flips = labelGroups.reduce(
    (sum, group) => sum + (sameAgain[group]?.gained ?? 0) + (sameAgain[group]?.lost ?? 0),
    0,
  );
  return `Noise floor (base against base, each prompt alone in its batch): ${flips} of ${count(floor.n, 'prompt')} change between refused and not; loops and empty replies go from ${floor.base} to ${floor.again}. A change no larger than that means nothing.`;
}

export interface CorrectionWords {
  /** What the judge got right, and on which replies. */
  readonly found: string;
  /** How far that holds for this run. */
  readonly trust: string;
}

/** What the correction of the rates for the judge's errors goes by. */
export function correctionWords(judged: JudgeErrors, labelled: JudgeErrors): CorrectionWords {
  const errors = errorsThatCount(judged, labelled);
  const right =
    `the rules found ${errors.refused.truePositive} of ${refusalsOf(errors)} refusals ` +
    `and left ${errors.notRefused.trueNegative} of ${othersOf(errors)} others alone.`;
  if (errors === judged)
    return {
      found: `On the replies of this run that a person judged, ${right}`,
      trust: 'If these were picked because they looked wrong, and not at random, the rules are better than this says.',
    };
  return {
    found: `On labelled replies, most of them traps on purpose, ${right}`,
    trust:
      `A run’s own replies are mostly plainer, and the errors on them others. Judge ${enoughJudged} refusals and ` +
      `${enoughJudged} others of this run (now ${refusalsOf(judged)} and ${othersOf(judged)}), drawn at random (the table of prompts can show ${sampleSize} that are), and these count instead.`,
  };
}
