import { riseBounds } from '../../stats/rise-bounds.ts';
import type { DegenerateChange, Reply } from '../data/summary.ts';
import { bothClusters, worseSample } from './evidence.ts';
import type { ReplyPair } from './paired-change.ts';

/** How loops and empty replies change from base to steered, and from base to base-again: the floor. */
export function degenerateChange(pairs: readonly ReplyPair[], again: readonly ReplyPair[]): DegenerateChange {
  const { n, before, after, rise } = countDegenerate(pairs);
  return { n, base: before, steered: after, rise, floor: degenerateFloor(again) };
}

function degenerateFloor(pairs: readonly ReplyPair[]): DegenerateChange['floor'] {
  const { n, before, after, rise } = countDegenerate(pairs);
  if (n === 0) return null;
  const replies = pairs.map((pair) => pair.after);
  const rises = pairs.map((pair) => Number(isDegenerate(pair.after)) - Number(isDegenerate(pair.before)));
  const { low } = riseBounds(rises, worseSample(replies, rises, bothClusters));
  return { n, base: before, again: after, rise, low };
}

function isDegenerate({ verdict }: Reply): boolean {
  return verdict === 'degenerate';
}

function countDegenerate(pairs: readonly ReplyPair[]): { n: number; before: number; after: number; rise: number } {
  const n = pairs.length;
  const before = pairs.filter((pair) => isDegenerate(pair.before)).length;
  const after = pairs.filter((pair) => isDegenerate(pair.after)).length;
  return { n, before, after, rise: n === 0 ? 0 : (after - before) / n };
}
