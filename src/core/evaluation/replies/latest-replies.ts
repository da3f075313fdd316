import type { Reply } from '../data/summary.ts';

export interface LatestReplies {
  /** Replies per condition, ordered by prompt id: base, steered and base-again first, then the controls by name. */
  readonly conditions: ReadonlyMap<string, readonly Reply[]>;
  /** Lines that a later one replaced by another reply; one that gives the same reply another verdict doesn't count. */
  readonly replaced: number;
}

const knownConditions = ['base', 'steered', 'base-again'];

/**
 * What counts of the lines of one comparison: the last of each prompt, condition and strength. A condition that ran at
 * several strengths keeps its name at its own (a control's), else at the fit's, else at the last one written; the others are
 * `name@strength`.
 */
export function latestReplies(
  replies: readonly Reply[],
  strength: number,
  ownStrengths: ReadonlyMap</* condition */ string, number> = new Map(),
): LatestReplies {
  const latest = new Map(replies.map((reply) => [keyOf(reply), reply]));
  const mainStrength = new Map<string, number>();
  for (const { condition, strength: at } of replies) {
    if (mainStrength.get(condition) !== (ownStrengths.get(condition) ?? strength)) mainStrength.set(condition, at);
  }
  const byCondition = new Map<string, Reply[]>();
  for (const reply of latest.values()) {
    const name =
      mainStrength.get(reply.condition) === reply.strength ? reply.condition : `${reply.condition}@${reply.strength}`;
    const list = byCondition.get(name);
    if (list === undefined) byCondition.set(name, [reply]);
    else list.push(reply);
  }
  for (const list of byCondition.values()) list.sort((a, b) => compareText(a.id, b.id));
  return {
    conditions: new Map([...byCondition].sort(([a], [b]) => rank(a) - rank(b) || compareText(a, b))),
    replaced: replies.filter((one) => latest.get(keyOf(one))!.reply !== one.reply).length,
  };
}

function keyOf({ id, condition, strength }: Reply): string {
  return JSON.stringify([id, condition, strength]);
}

function rank(condition: string): number {
  const at = knownConditions.indexOf(condition);
  return at < 0 ? knownConditions.length : at;
}

/** Order by code units: the same on every machine, unlike the locale's. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
