import { mcnemar } from '../stats/mcnemar.ts';
import { pairedRiseHigh } from '../stats/paired-rise.ts';
import type { MissingReplies, PairedChange, Reply } from './summary.ts';

export interface ReplyPair {
  readonly before: Reply;
  readonly after: Reply;
}

/** Replies of two conditions to the same prompts, by prompt id, and the prompts only one of them replied to. */
export function pairReplies(
  before: readonly Reply[],
  after: readonly Reply[],
): {
  readonly pairs: readonly ReplyPair[];
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
} {
  const afterById = new Map(after.map((reply) => [reply.id, reply]));
  const pairs: ReplyPair[] = [];
  const onlyBefore: string[] = [];
  for (const reply of before) {
    const partner = afterById.get(reply.id);
    afterById.delete(reply.id);
    if (partner === undefined) onlyBefore.push(reply.id);
    else pairs.push({ before: reply, after: partner });
  }
  return { pairs, onlyBefore, onlyAfter: [...afterById.keys()] };
}

/** Change of refusals over the pairs; at least one pair. */
export function pairedChange(pairs: readonly ReplyPair[]): PairedChange {
  let gained = 0;
  let lost = 0;
  for (const { before, after } of pairs) {
    if (before.verdict !== 'refused' && after.verdict === 'refused') gained++;
    if (before.verdict === 'refused' && after.verdict !== 'refused') lost++;
  }
  const n = pairs.length;
  return {
    n,
    gained,
    lost,
    p: mcnemar(gained, lost),
    rise: (gained - lost) / n,
    riseLow: -pairedRiseHigh(lost, gained, n),
    riseHigh: pairedRiseHigh(gained, lost, n),
  };
}

/** The pairs that failed to be, as the summary names them. */
export function missingReplies(
  [before, after]: readonly [before: string, after: string],
  { onlyBefore, onlyAfter }: Pick<ReturnType<typeof pairReplies>, 'onlyBefore' | 'onlyAfter'>,
): MissingReplies[] {
  return [
    { condition: after, comparedWith: before, ids: onlyBefore },
    { condition: before, comparedWith: after, ids: onlyAfter },
  ].filter(({ ids }) => ids.length > 0);
}
