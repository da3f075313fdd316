import { mcnemar } from '../../stats/mcnemar.ts';
import { riseBounds } from '../../stats/rise-bounds.ts';
import { bothClusters, clusterCounts, worseSample, worseSignFlip, type Over } from './evidence.ts';
import { refusals } from './rates.ts';
import type { MissingReplies, PairedChange, Reply } from '../data/summary.ts';

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
export function pairedChange(pairs: readonly ReplyPair[], over: Over = bothClusters): PairedChange {
  const replies = pairs.map(({ after }) => after);
  const before = refusals(pairs.map((pair) => pair.before));
  const rises = refusals(replies).map((refused, i) => refused - before[i]!);
  const gained = rises.filter((rise) => rise > 0).length;
  const lost = rises.filter((rise) => rise < 0).length;
  const n = pairs.length;
  const { low, high } = riseBounds(rises, worseSample(replies, rises, over));
  return {
    n,
    ...clusterCounts(replies),
    gained,
    lost,
    p: mcnemar(gained, lost),
    clusterP: worseSignFlip(replies, rises, over),
    rise: (gained - lost) / n,
    riseLow: low,
    riseHigh: high,
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
