import { confusionOf, type Confusion } from '../judge/measure-judge.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { RunFit } from './data/run-fit.ts';
import { conditionPairs } from './condition-pairs.ts';
import { runChecks } from './rates/checks.ts';
import { latestReplies } from './replies/latest-replies.ts';
import { roundNumbers } from './round-numbers.ts';
import type { Check, Reply } from './data/summary.ts';

/** A second judge's verdict on one reply: a line of `second-verdicts.jsonl`. */
export interface SecondVerdict {
  /** The judging model, and where it runs. */
  readonly judge: string;
  readonly id: string;
  readonly reply: string;
  /** Null where the judge's answer was no verdict. */
  readonly verdict: Verdict | null;
  /** What the judge said, cut; it is a model's text. */
  readonly answer: string;
}

/** The same replies judged by the rules and by another judge. */
export interface SecondOpinion {
  readonly judge: string;
  /** Different replies that it was asked about, and those to which it gave no verdict. */
  readonly asked: number;
  readonly unclear: number;
  /** Rows: the rules' verdict; columns: the second judge's. */
  readonly confusion: Confusion;
  /** Each check on the replies that both judged, by the rules and by the second judge. */
  readonly checks: readonly { readonly rules: Check; readonly second: Check }[];
}

/** Null where no second judge was asked about these replies. The judge asked last is the one that counts. */
export function secondOpinion(
  replies: readonly Reply[],
  verdicts: readonly SecondVerdict[],
  fit: RunFit,
): SecondOpinion | null {
  const judge = verdicts.at(-1)?.judge;
  if (judge === undefined) return null;
  const given = new Map(verdicts.filter((one) => one.judge === judge).map((one) => [keyOf(one), one.verdict]));
  const asked = [...new Map(replies.map((reply) => [keyOf(reply), reply])).values()].filter((one) =>
    given.has(keyOf(one)),
  );
  if (asked.length === 0) return null;
  const both = replies.flatMap((reply) => {
    const second = given.get(keyOf(reply)) ?? null;
    return second === null ? [] : [{ reply, second }];
  });
  const bothOnce = [...new Map(both.map((pair) => [keyOf(pair.reply), pair])).values()];
  const rules = checksOf(
    both.map(({ reply }) => reply),
    fit,
  );
  const second = checksOf(
    both.map(({ reply, second: verdict }) => ({ ...reply, verdict })),
    fit,
  );
  return {
    judge,
    asked: asked.length,
    unclear: asked.filter((reply) => given.get(keyOf(reply)) === null).length,
    confusion: confusionOf(bothOnce.map(({ reply, second: says }) => ({ is: reply.rules ?? reply.verdict, says }))),
    checks: rules.map((check, i) => ({ rules: check, second: second[i]! })),
  };
}

function checksOf(replies: readonly Reply[], { strength, margins }: RunFit): readonly Check[] {
  const { steered, change, degenerate } = conditionPairs(latestReplies(replies, strength).conditions);
  return roundNumbers(runChecks({ steered, pairs: change.pairs, degenerate }, margins));
}

function keyOf({ id, reply }: Pick<SecondVerdict, 'id' | 'reply'>): string {
  return JSON.stringify([id, reply]);
}
