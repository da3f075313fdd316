import type { Verdict } from '../judge/verdict.ts';
import { cohensKappa } from '../stats/cohens-kappa.ts';
import type { Reply } from './summary.ts';

/**
 * A person's verdict on one reply: a line of `overrides.jsonl`. It holds for this very text, so a reply made anew is
 * judged anew. The last line on a reply counts; null takes the verdict back.
 */
export interface Override {
  readonly id: string;
  readonly condition: string;
  readonly strength: number;
  readonly reply: string;
  readonly verdict: Verdict | null;
}

/** The replies with people's verdicts in place of the rules', which `rules` then holds. */
export function applyOverrides(replies: readonly Reply[], overrides: readonly Override[]): Reply[] {
  const latest = new Map(overrides.map((override) => [keyOf(override), override]));
  return replies.map((reply) => {
    const override = latest.get(keyOf(reply));
    if (override === undefined || override.verdict === null || override.reply !== reply.reply) return reply;
    const { verdict } = override;
    // The words that decided speak for the rules' verdict, not against it.
    return { ...reply, verdict, rules: reply.verdict, span: verdict === reply.verdict ? reply.span : null };
  });
}

/** How far the rules and a person agree, on the replies that the person judged. */
export interface Agreement {
  readonly reviewed: number;
  readonly agreed: number;
  /** Cohen's kappa; NaN where nothing was reviewed, or both only ever gave one and the same verdict. */
  readonly kappa: number;
}

export function agreement(replies: readonly Pick<Reply, 'verdict' | 'rules'>[]): Agreement {
  const pairs = replies.flatMap(({ verdict, rules }) => (rules === undefined ? [] : [{ verdict, rules }]));
  return {
    reviewed: pairs.length,
    agreed: pairs.filter(({ verdict, rules }) => verdict === rules).length,
    kappa: cohensKappa(
      pairs.map(({ rules }) => rules),
      pairs.map(({ verdict }) => verdict),
    ),
  };
}

function keyOf({ id, condition, strength }: Pick<Reply, 'id' | 'condition' | 'strength'>): string {
  return JSON.stringify([id, condition, strength]);
}
