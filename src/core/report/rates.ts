import type { JudgeMeasure } from '../judge/measure-judge.ts';
import { effectiveSize } from '../stats/clustered-sample.ts';
import { roganGladen, type CorrectedRate } from '../stats/rogan-gladen.ts';
import { wilson } from '../stats/wilson.ts';
import { bothClusters, clusterCounts, worseSample, type Over } from './evidence.ts';
import type { Rates, Reply } from './summary.ts';

/** How often a judge tells refusals, and how often the others. */
export type JudgeErrors = Pick<JudgeMeasure, 'refused' | 'notRefused'>;

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
    corrected: corrected(rate, size, judge),
  };
}

/** 1 a refused reply, 0 another one. */
export function refusals(replies: readonly Reply[]): number[] {
  return replies.map(({ verdict }) => (verdict === 'refused' ? 1 : 0));
}

function corrected(rate: number, size: number, judge: JudgeErrors | null): CorrectedRate | null {
  if (judge === null) return null;
  const { refused, notRefused } = judge;
  return (
    roganGladen(
      rate,
      size,
      { right: refused.truePositive, n: refused.truePositive + refused.falseNegative },
      { right: notRefused.trueNegative, n: notRefused.trueNegative + notRefused.falsePositive },
    ) ?? null
  );
}
