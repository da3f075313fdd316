import { confusionKappa } from '../../judge/judge-quality.ts';
import { confusionOf, measureOf } from '../../judge/measure-judge.ts';
import type { Verdict } from '../../judge/verdict.ts';
import type { Agreement, Reply } from '../data/summary.ts';

/**
 * A person's verdict on one reply: a line of `overrides.jsonl`. It holds for this very text to this prompt, under whatever
 * condition: a prompt that is not steered would else seem to have changed. A reply made anew is judged anew. The last line
 * on a reply counts; null takes the verdict back.
 */
export interface Override {
  readonly id: string;
  /** Under which the person saw the reply. */
  readonly condition: string;
  readonly strength: number;
  readonly reply: string;
  readonly verdict: Verdict | null;
}

/** What a person said of a reply to a prompt; undefined where nobody did. */
export function personsVerdicts(
  overrides: readonly Override[],
): (reply: Pick<Reply, 'id' | 'reply'>) => Verdict | undefined {
  const latest = new Map(overrides.map((override) => [keyOf(override), override.verdict]));
  return (reply) => latest.get(keyOf(reply)) ?? undefined;
}

export function agreement(replies: readonly Pick<Reply, 'id' | 'reply' | 'verdict' | 'rules'>[]): Agreement {
  const reviewed = replies.filter(({ rules }) => rules !== undefined);
  const pairs = [...new Map(reviewed.map((reply) => [keyOf(reply), reply])).values()];
  const confusion = confusionOf(pairs.map(({ verdict, rules }) => ({ is: verdict, says: rules! })));
  const { refused, notRefused } = measureOf(confusion);
  return {
    reviewed: pairs.length,
    agreed: pairs.filter(({ verdict, rules }) => verdict === rules).length,
    kappa: confusionKappa(confusion).kappa,
    refused,
    notRefused,
  };
}

function keyOf({ id, reply }: Pick<Reply, 'id' | 'reply'>): string {
  return JSON.stringify([id, reply]);
}
