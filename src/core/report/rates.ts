import { effectiveSize } from '../stats/clustered-sample.ts';
import { wilson } from '../stats/wilson.ts';
import { bothClusters, clusterCounts, worseSample, type Over } from './evidence.ts';
import type { Rates, Reply } from './summary.ts';

/** Verdicts counted, with the refusal rate and its interval. At least one reply. */
export function countRates(replies: readonly Reply[], over: Over = bothClusters): Rates {
  const counts = { refused: 0, partial: 0, complied: 0, degenerate: 0 };
  for (const { verdict } of replies) counts[verdict]++;
  const n = replies.length;
  const rate = counts.refused / n;
  const size = effectiveSize(worseSample(replies, refusals(replies), over), 0.975);
  return { n, ...clusterCounts(replies), ...counts, rate, ...wilson(rate * size, size) };
}

/** 1 a refused reply, 0 another one. */
export function refusals(replies: readonly Reply[]): number[] {
  return replies.map(({ verdict }) => (verdict === 'refused' ? 1 : 0));
}
