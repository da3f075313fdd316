import { applyOverrides } from '../../src/core/evaluation/replies/overrides.ts';
import type { ReportData } from '../../src/core/report/html/report-data.ts';
import { reportRows } from '../../src/core/evaluation/replies/report-rows.ts';
import { secondOpinion, type SecondOpinion } from '../../src/core/evaluation/second-opinion.ts';
import { summarise } from '../../src/core/evaluation/summarise.ts';
import type { ReportMessage, RunState } from '../../src/rpc/webview-report.ts';

/** A run, and all that follows from it. */
export interface RunView extends ReportData {
  readonly run: RunState;
  /** Null where no second judge was asked. */
  readonly second: SecondOpinion | null;
}

/** The run with what a message says of it. Undefined before the first one. */
export function withMessage(run: RunState | undefined, message: ReportMessage): RunState | undefined {
  if (message.type === 'run') return message.run;
  if (run === undefined || message.type === 'problem') return run;
  if (message.type === 'overrides') return { ...run, overrides: message.overrides };
  return { ...run, replies: [...run.replies, ...message.replies] };
}

/** The same numbers as the worker writes into `summary.json`, with people's verdicts in place of the rules'. */
export function viewOf(run: RunState): RunView {
  const replies = applyOverrides(run.replies, run.overrides);
  return {
    run,
    fit: run.fit,
    summary: summarise(replies, run.fit),
    rows: reportRows(replies, run.fit.strength),
    second: secondOpinion(replies, run.secondVerdicts, run.fit),
  };
}
