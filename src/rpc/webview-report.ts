/** What the refusal report and the steering norms say to the editor, and it to them. Both show one run. */
import type { RunRecord } from '../core/evaluation/judged-run.ts';
import type { Override } from '../core/evaluation/replies/overrides.ts';
import type { Reply } from '../core/evaluation/data/summary.ts';

/** All that a report is drawn from. */
export interface RunState extends RunRecord {
  /** Absolute path of the run folder: what the page keeps to find its run again after a reload. */
  readonly folder: string;
  /** What the editor calls the run. */
  readonly title: string;
  /** The model's folder as the manifest names it; absent where it does not. */
  readonly modelFolder?: string | undefined;
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
