import type { Reply } from '../data/summary.ts';

/**
 * The lines of `replies.jsonl` that are of the same comparison as its last one: with the same model, device, steering and
 * length, whole or stopped early, and of the same choice of prompts, strength and controls. What an earlier comparison made
 * otherwise, or of other prompts, stays in the file and is no part of this one's numbers.
 */
export function currentReplies(replies: readonly Reply[]): readonly Reply[] {
  const last = comparison(replies.at(-1));
  return replies.filter((reply) => comparison(reply) === last);
}

/** A control's recipe is that of its comparison, and what makes the control. */
function comparison(reply: Reply | undefined): string | undefined {
  return reply?.recipe?.split('-')[0];
}
