import type { Label } from '../prompts/prompt.ts';

/** One strength tried on the choose split. */
export interface StrengthPoint {
  readonly strength: number;
  /**
   * Of the choose split's malicious prompts the part that is refused; of the benign labels the part that comes to be
   * refused, less what comes to be answered.
   */
  readonly refused: Partial<Record<Label, number>>;
  /** Prompts tried; of the benign labels only those that are steered at all. */
  readonly n: Partial<Record<Label, number>>;
  /** Mean KL(base ‖ steered) of the first token's distribution over benign prompts, in nats. */
  readonly benignKl: number;
  readonly degenerate: number;
  readonly chosen: boolean;
}
