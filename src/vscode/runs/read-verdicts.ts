import type { LogOutputChannel } from 'vscode';
import { judgedRun } from '../../core/evaluation/judged-run.ts';
import { personsVerdicts } from '../../core/evaluation/replies/overrides.ts';
import { describeProblem, HumanError, type Problem } from '../../core/problem.ts';
import { readRunRecord } from '../../workspace/runs/run-record.ts';
import type { Run } from './read-runs.ts';
import { indexVerdicts, type VerdictIndex } from './verdict-index.ts';

/** What was said of a run's replies, by the rules and by people. */
export interface RunVerdicts {
  readonly run: Run;
  readonly index: VerdictIndex;
  readonly personsVerdict: ReturnType<typeof personsVerdicts>;
}

/** A run's verdicts. What is wrong with its files goes to the log; a run that no report can be made of has no verdicts. */
export async function readVerdicts(run: Run, log: LogOutputChannel): Promise<RunVerdicts> {
  const report = (problem: Problem): void => log.warn(describeProblem(problem));
  try {
    const record = await readRunRecord(run.folder, report);
    return {
      run,
      index: indexVerdicts(judgedRun(record).rows),
      personsVerdict: personsVerdicts(record.overrides),
    };
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    report(error.problem);
    return { run, index: indexVerdicts([]), personsVerdict: personsVerdicts([]) };
  }
}
