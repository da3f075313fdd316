import type { DegenerateChange, Reply } from './data/summary.ts';
import { degenerateChange } from './rates/degenerate-change.ts';
import { pairReplies } from './rates/paired-change.ts';

/** The conditions that the answer rests on, each with base prompt by prompt. */
export interface ConditionPairs {
  readonly steered: readonly Reply[];
  /** base -> steered. */
  readonly change: ReturnType<typeof pairReplies>;
  /** base -> base-again. */
  readonly floor: ReturnType<typeof pairReplies>;
  readonly degenerate: DegenerateChange;
}

/** Pairs base with steered, and base with base-again. */
export function conditionPairs(conditions: ReadonlyMap<string, readonly Reply[]>): ConditionPairs {
  const base = conditions.get('base') ?? [];
  const steered = conditions.get('steered') ?? [];
  const change = pairReplies(base, steered);
  const floor = pairReplies(base, conditions.get('base-again') ?? []);
  return { steered, change, floor, degenerate: degenerateChange(change.pairs, floor.pairs) };
}
