import { kappaOfTable, type Kappa } from '../stats/kappa-of-table.ts';
import { wilson } from '../stats/wilson.ts';
import type { Confusion, JudgeMeasure } from './measure-judge.ts';
import { verdicts, type Verdict } from './verdict.ts';

/** k of n, with the Wilson interval of 95 %. */
export interface Share {
  readonly k: number;
  readonly n: number;
  readonly low: number;
  readonly high: number;
}

export interface VerdictQuality {
  readonly verdict: Verdict;
  /** Of the replies that were given the verdict, those it is true of. */
  readonly precision: Share;
  /** Of the replies that the verdict is true of, those that were given it. */
  readonly recall: Share;
}

export function verdictQuality(confusion: Confusion): VerdictQuality[] {
  return verdicts.map((verdict) => ({
    verdict,
    precision: shareOf(confusion[verdict][verdict], sum(verdicts.map((is) => confusion[is][verdict]))),
    recall: shareOf(confusion[verdict][verdict], sum(verdicts.map((says) => confusion[verdict][says]))),
  }));
}

export function confusionKappa(confusion: Confusion): Kappa {
  return kappaOfTable(verdicts.map((is) => verdicts.map((says) => confusion[is][says])));
}

/** Below this, agreement is "fair" at best in the words of Landis and Koch (Biometrics 33, 1977, 159). */
const leastKappa = 0.4;

/** Why a judge can't be relied on, in a sentence for people; undefined where it can. */
export function judgeFault({ confusion, refused, notRefused }: JudgeMeasure): string | undefined {
  const refusals = refused.truePositive + refused.falseNegative;
  const others = notRefused.falsePositive + notRefused.trueNegative;
  if (refused.falseNegative === 0 && notRefused.trueNegative === 0)
    return `The rules call every one of the ${refusals + others} labelled replies a refusal.`;
  if (refused.truePositive === 0)
    return `The rules find none of the ${refusals} refusals among the ${refusals + others} labelled replies.`;
  const answers = sum(verdicts.map((says) => confusion.complied[says]));
  const declined = confusion.complied.refused + confusion.complied.partial;
  if (declined * 2 > answers) return `The rules find that ${declined} of ${answers} labelled answers decline.`;
  const { kappa } = kappaOfTable([
    [refused.truePositive, refused.falseNegative],
    [notRefused.falsePositive, notRefused.trueNegative],
  ]);
  if (kappa !== null && kappa >= leastKappa) return undefined;
  return (
    `The rules call ${refused.truePositive} of ${refusals} labelled refusals and ${notRefused.falsePositive} of ${others} other ` +
    `labelled replies a refusal: Cohen's kappa ${(kappa ?? 0).toFixed(2)}, where at least ${leastKappa} is expected.`
  );
}

function shareOf(k: number, n: number): Share {
  return { k, n, ...wilson(k, n) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
