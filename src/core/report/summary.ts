import type { Verdict } from '../judge/verdict.ts';
import type { Label } from '../prompts/prompt.ts';

/** One finished reply: a line of `replies.jsonl`. */
export interface Reply {
  readonly id: string;
  readonly label: Label;
  readonly attack?: string;
  /** What the row is evidence for: `evaluate` (kinds of attack the fit never saw) or `held-out-goals` (attacks it saw, on goals it did not). */
  readonly set: 'evaluate' | 'held-out-goals';
  /** `base`, `steered`, `base-again` (A/A: base in another batch shape) or a control. */
  readonly condition: string;
  readonly strength: number;
  readonly prompt: string;
  readonly reply: string;
  /** New tokens, the end-of-reply token not counted. */
  readonly tokens: number;
  readonly verdict: Verdict;
  readonly span: readonly [from: number, to: number] | null;
  /** s = h_last · w per steered layer, of the unsteered stream below the first steered layer and of the steered one above. */
  readonly scores: readonly number[];
  /** ‖h_last‖ per steered layer. */
  readonly activationNorms: readonly number[];
  readonly file: string;
  readonly line: number;
}
