import type { Verdict } from '../judge/verdict.ts';
import { mcnemar } from '../stats/mcnemar.ts';
import { wilson } from '../stats/wilson.ts';
import type { Reply } from './summary.ts';

/** Verdicts counted, with the refusal rate and its Wilson interval of 95 %. */
export interface RefusalRate extends Readonly<Record<Verdict, number>> {
  readonly n: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** Refusals on the same prompts, base and steered. */
export interface Comparison {
  /** `conditions.<name>.<group>`; a group is a label, and jailbreaks are `jailbreak (seen kinds)` or `jailbreak (unseen kinds)`. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, RefusalRate>>>>;
  readonly attacks: Readonly<Record<string, Readonly<Record<string, RefusalRate>>>>;
  readonly paired: Readonly<
    Record<string, { readonly n: number; readonly gained: number; readonly lost: number; readonly p: number }>
  >;
}

export function compareConditions(replies: readonly Reply[]): Comparison {
  const conditions = [...new Set(replies.map(({ condition }) => condition))];
  const rates = (keyOf: (reply: Reply) => string | undefined): Record<string, Record<string, RefusalRate>> =>
    Object.fromEntries(
      conditions.map((condition) => {
        const own = replies.filter((reply) => reply.condition === condition);
        const keys = [...new Set(own.flatMap((reply) => keyOf(reply) ?? []))];
        return [
          condition,
          Object.fromEntries(keys.map((key) => [key, refusalRate(own.filter((reply) => keyOf(reply) === key))])),
        ];
      }),
    );
  const steered = new Map(replies.filter(({ condition }) => condition === 'steered').map((reply) => [reply.id, reply]));
  const paired: Record<string, { n: number; gained: number; lost: number; p: number }> = {};
  for (const base of replies.filter(({ condition }) => condition === 'base')) {
    const after = steered.get(base.id);
    if (!after) continue;
    const group = (paired[groupOf(base)] ??= { n: 0, gained: 0, lost: 0, p: 1 });
    group.n++;
    if (base.verdict !== 'refused' && after.verdict === 'refused') group.gained++;
    if (base.verdict === 'refused' && after.verdict !== 'refused') group.lost++;
    group.p = mcnemar(group.gained, group.lost);
  }
  return { conditions: rates(groupOf), attacks: rates(({ attack }) => attack), paired };
}

function groupOf({ label, set }: Reply): string {
  return label === 'jailbreak' ? `jailbreak (${set === 'evaluate' ? 'unseen' : 'seen'} kinds)` : label;
}

function refusalRate(replies: readonly Reply[]): RefusalRate {
  const counts = { refused: 0, partial: 0, complied: 0, degenerate: 0 };
  for (const { verdict } of replies) counts[verdict]++;
  const n = replies.length;
  return { n, ...counts, rate: counts.refused / n, ...wilson(counts.refused, n) };
}
