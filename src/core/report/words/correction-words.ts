import {
  enoughJudged,
  errorsThatCount,
  othersOf,
  refusalsOf,
  type JudgeErrors,
} from '../../evaluation/data/judge-errors.ts';
import { sampleSize } from '../../evaluation/row-query.ts';

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
