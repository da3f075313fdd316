import { basename, join } from 'node:path';
import * as z from 'zod';
import type { ControlFits } from '../../core/controls/control-fit.ts';
import { judgedRun, type JudgedRun, type RunRecord } from '../../core/evaluation/judged-run.ts';
import { HumanError, type Problem } from '../../core/problem.ts';
import { readMade } from '../files/read-made.ts';
import { marginWarnings } from './fixed-margins.ts';
import { readJudgeFacts } from './judge-facts-file.ts';
import { readOverrides } from './overrides-file.ts';
import { readRunFit } from './fit-file.ts';
import { readManifest, runFiles } from './run-folder.ts';
import { readReplies } from './run-replies.ts';
import { readSecondVerdicts } from './second-verdicts.ts';

const summarisedSchema = z.object({
  strength: z.number(),
  /** Known by their place: this program wrote them. */
  controls: z.custom<ControlFits>((value) => typeof value === 'object').optional(),
});

/** Where a comparison is: the folder of the run that steered, and the one with the replies, which is another with `--out`. */
export interface ComparisonPlace {
  readonly run: string;
  readonly replies: string;
}

/**
 * All that a run folder holds of the run. Such of people's verdicts that are none are told to `report`, and lines that are
 * no reply to `reportReplies`.
 * @throws {HumanError} the fit is not finished, or its files can't be used
 */
export async function readRunRecord(
  place: string | ComparisonPlace,
  report: (problem: Problem) => void,
  reportReplies = report,
): Promise<RunRecord> {
  const [about, replies] = await Promise.all([
    readAllButReplies(place, report),
    readReplies(placed(place).replies, reportReplies),
  ]);
  return { ...about, replies };
}

/** The same without the replies, for who follows their file on his own. */
export async function readAllButReplies(
  place: string | ComparisonPlace,
  report: (problem: Problem) => void,
): Promise<Omit<RunRecord, 'replies'>> {
  const { run, replies: folder } = placed(place);
  const [manifest, fit, overrides, secondVerdicts, judge, summarised] = await Promise.all([
    readManifest(run),
    readRunFit(run),
    readOverrides(folder, report),
    readSecondVerdicts(folder),
    readJudgeFacts(folder),
    readMade(join(folder, runFiles.summary)),
  ]);
  const { created, software, compared, marginsHash } = manifest;
  const name = manifest['name'];
  return {
    name: typeof name === 'string' ? name : basename(run),
    fit,
    manifest: { created, software, compared: folder === run ? compared : undefined },
    marginWarnings: await marginWarnings(run, fit, marginsHash),
    overrides,
    secondVerdicts,
    judge,
    summarised: summarisedSchema.safeParse(summarised).data,
  };
}

/**
 * What is said of a run that was compared.
 * @throws {HumanError} the run's files can't be used, or there are no replies yet
 */
export async function readComparedRun(folder: string, report: (problem: Problem) => void): Promise<JudgedRun> {
  const record = await readRunRecord(folder, report);
  if (record.replies.length > 0) return judgedRun(record);
  throw new HumanError({
    file: join(folder, runFiles.replies),
    message: 'This run has no replies yet.',
    fix: 'Compare base and steered first: `alphasteer compare`.',
  });
}

function placed(place: string | ComparisonPlace): ComparisonPlace {
  return typeof place === 'string' ? { run: place, replies: place } : place;
}
