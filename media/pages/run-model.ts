import type { ReportData } from '../../src/core/report/html/report-data.ts';
import { judgedRun, type JudgedRun } from '../../src/core/evaluation/judged-run.ts';
import type { ReportMessage, RunState } from '../../src/rpc/webview-report.ts';

/** A run, and all that follows from it. */
export interface RunView extends ReportData, Pick<JudgedRun, 'second' | 'facts'> {
  readonly run: RunState;
}

/** The run with what a message says of it. Undefined before the first one. */
export function withMessage(run: RunState | undefined, message: ReportMessage): RunState | undefined {
  if (message.type === 'run') return message.run;
  if (run === undefined || message.type === 'problem') return run;
  if (message.type === 'overrides') return { ...run, overrides: message.overrides };
  return { ...run, replies: [...run.replies, ...message.replies] };
}

/** What is said of the run, as in `report.html` and the exports. */
export function viewOf(run: RunState): RunView {
  const { fit, summary, rows, second, facts } = judgedRun(run);
  const { modelFolder } = run;
  return {
    run,
    fit,
    summary,
    rows,
    second,
    facts: [...facts, ...(modelFolder === undefined ? [] : [['Model folder', modelFolder] as const])],
  };
}
