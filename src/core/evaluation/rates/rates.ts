import { effectiveSize } from '../../stats/clustered-sample.ts';
import { mean } from '../../stats/mean.ts';
import { roganGladen, type CorrectedRate } from '../../stats/rogan-gladen.ts';
import { wilson } from '../../stats/wilson.ts';
import { bothClusters, clusterCounts, worseSample, type Over } from './evidence.ts';
import { othersOf, refusalsOf, type JudgeErrors } from '../data/judge-errors.ts';
import type { Rates, Reply } from '../data/summary.ts';

/** Verdicts counted, with the refusal rate and its interval. At least one reply. Nothing is corrected without a `judge`. */
export function countRates(replies: readonly Reply[], judge: JudgeErrors | null, over: Over = bothClusters): Rates {
  const counts = { refused: 0, partial: 0, complied: 0, degenerate: 0 };
  for (const { verdict } of replies) counts[verdict]++;
  const n = replies.length;
  const rate = counts.refused / n;
  const size = effectiveSize(worseSample(replies, refusals(replies), over), 0.975);
  return {
    n,
    ...clusterCounts(replies),
    ...counts,
    rate,
    ...wilson(rate * size, size),
    corrected: judge === null ? null : corrected(replies, judge, over),
  };
}

/** 1 a refused reply, 0 another one. */
export function refusals(replies: readonly Pick<Reply, 'verdict'>[]): number[] {
  return replies.map(({ verdict }) => (verdict === 'refused' ? 1 : 0));
}

/** By the rules' verdicts alone: it is their errors that are taken off, and a person's verdict has none of them. */
function corrected(replies: readonly Reply[], judge: JudgeErrors, over: Over): CorrectedRate | null {
  const seen = refusals(replies.map((reply) => ({ ...reply, verdict: reply.rules ?? reply.verdict })));
  return (
    roganGladen(
      mean(seen),
      effectiveSize(worseSample(replies, seen, over), 0.975),
      { right: judge.refused.truePositive, n: refusalsOf(judge) },
      { right: judge.notRefused.trueNegative, n: othersOf(judge) },
    ) ?? null
  );
}
