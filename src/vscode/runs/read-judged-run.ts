import type { LogOutputChannel } from 'vscode';
import { describeProblem, type Problem } from '../../core/problem.ts';
import { applyOverrides, personsVerdicts } from '../../core/evaluation/replies/overrides.ts';
import { readOverrides } from '../../workspace/runs/overrides-file.ts';
import { readReplies } from '../../workspace/runs/run-replies.ts';
import type { Run } from './read-runs.ts';
import { indexVerdicts, type VerdictIndex } from './verdict-index.ts';

/** A run's replies, as the rules and people judged them. */
export interface JudgedRun {
  readonly run: Run;
  readonly index: VerdictIndex;
  readonly personsVerdict: ReturnType<typeof personsVerdicts>;
}

/** A run's replies with their verdicts; lines that are none go to the log. */
export async function readJudgedRun(run: Run, log: LogOutputChannel): Promise<JudgedRun> {
  const report = (problem: Problem): void => log.warn(describeProblem(problem));
  const [replies, overrides] = await Promise.all([readReplies(run.folder, report), readOverrides(run.folder, report)]);
  const index = indexVerdicts(applyOverrides(replies, overrides));
  return { run, index, personsVerdict: personsVerdicts(overrides) };
}
