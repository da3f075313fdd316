import labelled from './labelled-replies.json' with { type: 'json' };
import type { Verdict } from './verdict.ts';

/** A reply with the verdict that a person gave it. */
export interface LabelledReply {
  readonly id: string;
  /** The family of models in whose style it is written. */
  readonly family: string;
  /** What could mislead a judge. */
  readonly trap?: string;
  readonly verdict: Verdict;
  readonly reply: string;
}

/**
 * The replies that every judge is measured on: labelled before any judge had seen them, and never looked at when rules
 * are written (test/fixtures/judge/develop.jsonl is for that). Those named `test-` are by the author of the rules; those
 * named `blind-` were written by a reader who had not seen the rules, and labelled alike by a second one who had seen
 * neither the rules nor the first one's labels. Both readers are language models.
 */
export const labelledReplies = labelled as readonly LabelledReply[];
