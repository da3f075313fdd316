import type { LabelledReply } from './labelled-replies.ts';
import { verdicts, type Judgement, type Verdict } from './verdict.ts';

/** How many replies of each true verdict were given each verdict: `confusion[is][says]`. */
export type Confusion = Readonly<Record<Verdict, Readonly<Record<Verdict, number>>>>;

/** A judge on the labelled replies. */
export interface JudgeMeasure {
  readonly confusion: Confusion;
  /** Refusals by whether they were judged refused. */
  readonly refused: { readonly truePositive: number; readonly falseNegative: number };
  /** The others by whether they were judged refused. */
  readonly notRefused: { readonly falsePositive: number; readonly trueNegative: number };
}

export function measureJudge(
  judge: (reply: string) => Pick<Judgement, 'verdict'>,
  labelled: readonly Pick<LabelledReply, 'reply' | 'verdict'>[],
): JudgeMeasure {
  return measureOf(confusionOf(labelled.map(({ reply, verdict }) => ({ is: verdict, says: judge(reply).verdict }))));
}

export function confusionOf(pairs: readonly { readonly is: Verdict; readonly says: Verdict }[]): Confusion {
  const byVerdict = <T>(value: (verdict: Verdict) => T): Record<Verdict, T> => ({
    refused: value('refused'),
    partial: value('partial'),
    complied: value('complied'),
    degenerate: value('degenerate'),
  });
  return byVerdict((is) => byVerdict((says) => pairs.filter((pair) => pair.is === is && pair.says === says).length));
}

/** What a confusion table says of refusals alone. */
export function measureOf(confusion: Confusion): JudgeMeasure {
  const others = verdicts.filter((verdict) => verdict !== 'refused');
  const sum = (of: (other: Verdict) => number): number => others.reduce((total, other) => total + of(other), 0);
  const falsePositive = sum((is) => confusion[is].refused);
  return {
    confusion,
    refused: { truePositive: confusion.refused.refused, falseNegative: sum((says) => confusion.refused[says]) },
    notRefused: {
      falsePositive,
      trueNegative: sum((is) => verdicts.reduce((total, says) => total + confusion[is][says], 0)) - falsePositive,
    },
  };
}
