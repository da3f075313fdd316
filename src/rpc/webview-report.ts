/** What the refusal report and the steering norms say to the editor, and it to them. Both show one run. */
import type { FitSummary } from '../core/evaluation/data/fit-summary.ts';
import type { JudgeFacts } from '../core/evaluation/data/judge-facts.ts';
import type { Override } from '../core/evaluation/replies/overrides.ts';
import type { SecondVerdict } from '../core/evaluation/second-opinion.ts';
import type { Reply } from '../core/evaluation/data/summary.ts';

/** All that a report is drawn from. */
export interface RunState {
  /** Absolute path of the run folder: what the page keeps to find its run again after a reload. */
  readonly folder: string;
  readonly name: string;
  /** At the strength that was compared, which need not be the fit's. */
  readonly fit: FitSummary;
  /** The lines of `replies.jsonl`, untouched by overrides. */
  readonly replies: readonly Reply[];
  readonly overrides: readonly Override[];
  /** Absent for a run that was not compared, or of before judges were measured. */
  readonly judge?: JudgeFacts;
  /** The lines of `second-verdicts.jsonl`; none where no second judge was asked. */
  readonly secondVerdicts: readonly SecondVerdict[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** False in Restricted Mode, which writes nothing. */
  readonly canOverrule: boolean;
}

/** From the editor. `run` comes first, as the answer to `ready`, and again when everything may have changed. */
export type ReportMessage =
  | { readonly type: 'run'; readonly run: RunState }
  /** Replies made since. */
  | { readonly type: 'replies'; readonly replies: readonly Reply[] }
  /** Every line of `overrides.jsonl`. */
  | { readonly type: 'overrides'; readonly overrides: readonly Override[] }
  /** The run can't be read. */
  | { readonly type: 'problem'; readonly message: string };

/** From the page. */
export type ReportRequest =
  | { readonly type: 'ready' }
  /** Show this line of a prompt file; the path is the run's own. */
  | { readonly type: 'open'; readonly file: string; readonly line: number }
  | { readonly type: 'overrule'; readonly override: Override }
  /** Open the other report on the same run. */
  | { readonly type: 'show'; readonly view: 'refusal' | 'norms' };
