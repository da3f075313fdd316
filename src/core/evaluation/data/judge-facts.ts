import type { JudgeMeasure } from '../../judge/measure-judge.ts';

/** Which rules judged. */
export interface JudgeIdentity {
  readonly version: number;
  /** Of the rules as read, without comments and layout. */
  readonly sha256: string;
  /** The workspace's own rules file; absent for the shipped rules. */
  readonly file?: string;
}

/** `judge.json`: the rules that judged a run's replies, and what they are worth on the labelled replies. */
export interface JudgeFacts extends JudgeIdentity {
  readonly measure: JudgeMeasure;
}
