import { basename, join } from 'node:path';
import * as z from 'zod';
import type { ControlFits } from '../../core/controls/control-fit.ts';
import { HumanError, type Problem } from '../../core/problem.ts';
import type { FitSummary } from '../../core/evaluation/data/fit-summary.ts';
import { leftOutWords } from '../../core/evaluation/left-out-words.ts';
import { currentReplies } from '../../core/evaluation/replies/current-replies.ts';
import { applyOverrides } from '../../core/evaluation/replies/overrides.ts';
import type { JudgeFacts } from '../../core/evaluation/data/judge-facts.ts';
import { secondOpinion, type SecondOpinion } from '../../core/evaluation/second-opinion.ts';
import type { Reply } from '../../core/evaluation/data/summary.ts';
import { marginWarnings } from './fixed-margins.ts';
import { readJudgeFacts } from './judge-facts-file.ts';
import { readMade } from '../files/read-made.ts';
import { readOverrides } from './overrides-file.ts';
import { readFitSummary, readManifest, runFiles, type Manifest } from './run-folder.ts';
import { readSecondVerdicts } from './second-verdicts.ts';
import { readReplies } from './run-replies.ts';

/** A run with replies, as its report tells of it. */
export interface ComparedRun {
  readonly folder: string;
  readonly name: string;
  readonly manifest: Manifest;
  /** At the strength that was compared last, which need not be the fit's. */
  readonly fit: FitSummary;
  /** Of the last comparison, with people's verdicts in place of the rules'. */
  readonly replies: readonly Reply[];
  readonly judge: JudgeFacts | undefined;
  /** Null where no second judge was asked. */
  readonly second: SecondOpinion | null;
}

const comparedSchema = z.object({
  strength: z.number(),
  /** Known by their place: this program wrote them. */
  controls: z.custom<ControlFits>((value) => typeof value === 'object').optional(),
});

/**
 * Lines that are no reply, and such of people's verdicts, are told to `report`.
 * @throws {HumanError} the run's files can't be used, or there are no replies yet
 */
export async function readComparedRun(folder: string, report: (problem: Problem) => void): Promise<ComparedRun> {
  const [manifest, fit, replies, overrides, judge, verdicts] = await Promise.all([
    readManifest(folder),
    readFitSummary(folder),
    readReplies(folder, report),
    readOverrides(folder, report),
    readJudgeFacts(folder),
    readSecondVerdicts(folder),
  ]);
  if (replies.length === 0) {
    throw new HumanError({
      file: join(folder, runFiles.replies),
      message: 'This run has no replies yet.',
      fix: 'Compare base and steered first: `alphasteer compare`.',
    });
  }
  const name = manifest['name'];
  // The rules may have changed since the fit: their errors are those of the rules that judged.
  const compared = {
    ...(await asCompared(folder, fit, manifest)),
    ...(judge !== undefined && { judge: judge.measure }),
  };
  const judged = applyOverrides(currentReplies(replies), overrides);
  return {
    folder,
    name: typeof name === 'string' ? name : basename(folder),
    manifest,
    fit: compared,
    replies: judged,
    judge,
    second: secondOpinion(judged, verdicts, compared),
  };
}

/**
 * A report speaks of the strength that was compared last, which need not be the fit's, and of its controls, and says first
 * whether the margins are still those that the fit fixed, and which prompts were left out.
 */
export async function asCompared(
  folder: string,
  fit: FitSummary,
  { marginsHash, compared }: Pick<Manifest, 'marginsHash' | 'compared'>,
): Promise<FitSummary> {
  const warnings = [
    ...(await marginWarnings(folder, fit, marginsHash)),
    ...leftOutWords(compared?.leftOut ?? 0, 'evaluation'),
    ...fit.warnings,
  ];
  const summary = comparedSchema.safeParse(await readMade(join(folder, runFiles.summary))).data;
  // A comparison that did not come to its end has no summary: the one that is there is of another.
  const strength = compared?.strength ?? summary?.strength ?? fit.strength;
  return { ...fit, warnings, strength, ...(summary?.controls !== undefined && { controls: summary.controls }) };
}
