import type { ControlFits } from '../controls/control-fit.ts';
import type { RunFit } from './data/run-fit.ts';
import type { JudgeFacts } from './data/judge-facts.ts';
import type { RunOrigin } from './data/run-origin.ts';
import type { Reply, Summary } from './data/summary.ts';
import { leftOutWords } from './left-out-words.ts';
import { applyOverrides } from './replies/apply-overrides.ts';
import { currentReplies } from './replies/current-replies.ts';
import type { Override } from './replies/overrides.ts';
import { reportRows, type ReportRow } from './replies/report-rows.ts';
import { runFacts, type Facts } from './run-facts.ts';
import { secondOpinion, type SecondOpinion, type SecondVerdict } from './second-opinion.ts';
import { summarise } from './summarise.ts';

/** A run folder's files as they are on disk: plain data, which may cross to a webview. */
export interface RunRecord {
  /** The name that a person gave the run, else its folder's. */
  readonly name: string;
  /** `fit.json`. */
  readonly fit: RunFit;
  readonly manifest: RunOrigin;
  /** What makes the fit's margins less than fixed beforehand, one sentence each. */
  readonly marginWarnings: readonly string[];
  /** All lines of `replies.jsonl`, also those of earlier comparisons, in the order they were written. */
  readonly replies: readonly Reply[];
  /** `overrides.jsonl`: people's verdicts. */
  readonly overrides: readonly Override[];
  /** `second-verdicts.jsonl`; none where no second judge was asked. */
  readonly secondVerdicts: readonly SecondVerdict[];
  /** `judge.json`; absent for a run that was not compared, and for older runs. */
  readonly judge?: JudgeFacts | undefined;
  /** Of `summary.json`, which the last finished comparison left; absent before the first one. */
  readonly summarised?: { readonly strength: number; readonly controls?: ControlFits | undefined } | undefined;
}

/** What is said of a run, wherever it is said. */
export interface JudgedRun {
  readonly name: string;
  /** The fit as its last comparison used it: at that strength, with its controls, and with its warnings first. */
  readonly fit: RunFit;
  /** Of the last comparison alone, with people's verdicts in place of the rules'. */
  readonly replies: readonly Reply[];
  readonly judge: JudgeFacts | undefined;
  readonly facts: Facts;
  readonly rows: readonly ReportRow[];
  readonly summary: Summary;
  /** Null where no second judge was asked about these replies. */
  readonly second: SecondOpinion | null;
}

/**
 * The one way from a run's files to what is said of it. Rows, summary and second opinion are made when they are first
 * asked for: a lens needs no statistics.
 */
export function judgedRun(record: RunRecord): JudgedRun {
  const fit = asCompared(record);
  const replies = applyOverrides(currentReplies(record.replies), record.overrides);
  const rows = once(() => reportRows(replies, fit.strength));
  const summary = once(() => summarise(replies, fit));
  const second = once(() => secondOpinion(replies, record.secondVerdicts, fit));
  return {
    name: record.name,
    fit,
    replies,
    judge: record.judge,
    facts: [['Run', record.name], ...runFacts(record.manifest)],
    get rows() {
      return rows();
    },
    get summary() {
      return summary();
    },
    get second() {
      return second();
    },
  };
}

function asCompared({ fit, manifest, marginWarnings, judge, summarised }: RunRecord): RunFit {
  const { compared } = manifest;
  return {
    ...fit,
    warnings: [...marginWarnings, ...leftOutWords(compared?.leftOut ?? 0, 'evaluation'), ...fit.warnings],
    // A comparison that did not come to its end has no summary: the one that is there is of another.
    strength: compared?.strength ?? summarised?.strength ?? fit.strength,
    // The rules may have changed since the fit: their errors are those of the rules that judged.
    ...(judge !== undefined && { judge: judge.measure }),
    ...(summarised?.controls !== undefined && { controls: summarised.controls }),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
