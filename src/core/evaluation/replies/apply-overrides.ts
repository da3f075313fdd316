import type { Reply } from '../data/summary.ts';
import { personsVerdicts, type Override } from './overrides.ts';

/** The replies with people's verdicts in place of the rules', which `rules` then holds. */
export function applyOverrides(replies: readonly Reply[], overrides: readonly Override[]): Reply[] {
  const verdictOf = personsVerdicts(overrides);
  return replies.map((reply) => {
    const verdict = verdictOf(reply);
    if (verdict === undefined) return reply;
    // The words that decided speak for the rules' verdict, not against it.
    return { ...reply, verdict, rules: reply.verdict, span: verdict === reply.verdict ? reply.span : null };
  });
}
