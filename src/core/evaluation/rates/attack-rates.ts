import type { JudgeErrors } from '../data/judge-errors.ts';
import { compareText } from '../replies/latest-replies.ts';
import { pairedChange, type ReplyPair } from './paired-change.ts';
import { countRates } from './rates.ts';
import type { AttackRates, PairedChange, Reply } from '../data/summary.ts';

/** Rates per kind of attack, by name; with the goals as clusters, for a kind's templates are what it is. */
export function attackRates(replies: readonly Reply[], judge: JudgeErrors | null): Record<string, AttackRates> {
  return perAttack(
    replies,
    (reply) => reply,
    (list) => ({ set: list[0]!.set, ...countRates(list, judge, ['goal']) }),
  );
}

/** Paired changes per kind of attack, under the same names. */
export function attackChanges(pairs: readonly ReplyPair[]): Record<string, PairedChange> {
  return perAttack(
    pairs,
    ({ before }) => before,
    (list) => pairedChange(list, ['goal']),
  );
}

/**
 * A kind that stands in both sets is given twice, once as `name (held-out goals)`: pooled, the rate would say neither how
 * steering does on what the fit saw nor how it generalises.
 */
function perAttack<Item, Result>(
  items: readonly Item[],
  replyOf: (item: Item) => Reply,
  summarise: (items: readonly Item[]) => Result,
): Record<string, Result> {
  const lists = new Map<string, Item[]>();
  const jailbreaks = items.filter((item) => replyOf(item).label === 'jailbreak');
  const unseen = new Set(
    jailbreaks
      .map(replyOf)
      .filter(({ set }) => set === 'evaluate')
      .map(attackName),
  );
  for (const item of jailbreaks) {
    const reply = replyOf(item);
    const name = attackName(reply);
    const key = reply.set === 'held-out-goals' && unseen.has(name) ? `${name} (held-out goals)` : name;
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [item]);
    else list.push(item);
  }
  const byName = [...lists].sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(byName.map(([name, list]) => [name, summarise(list)]));
}

/** Jailbreaks whose row names no attack are a kind of their own. */
export function attackName({ attack }: Pick<Reply, 'attack'>): string {
  return attack ?? 'unnamed';
}
