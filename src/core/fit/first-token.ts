import type { FirstTokenMeasure } from '../evaluation/data/run-fit.ts';
import { auc } from '../stats/auc.ts';

/** How often replies that begin with a token refuse, learnt from the short replies of a fit. */
export interface FirstTokens {
  /** Of all the replies the part that refuses: what is said of a token that began none. */
  readonly prior: number;
  readonly shares: ReadonlyMap</* token */ number, number>;
}

/** A short reply as the table is learnt from it; the token is null where the reply ended before one. */
export interface FirstTokenOf {
  readonly token: number | null;
  readonly refused: boolean;
}

/** A token that began few replies is drawn towards the prior, as if by one more reply. */
export function learnFirstTokens(replies: readonly FirstTokenOf[]): FirstTokens {
  const refused = replies.filter((reply) => reply.refused).length;
  const prior = (refused + 0.5) / (replies.length + 1);
  const counts = new Map<number, { n: number; refused: number }>();
  for (const { token, refused: did } of replies) {
    if (token === null) continue;
    const count = counts.get(token) ?? { n: 0, refused: 0 };
    counts.set(token, { n: count.n + 1, refused: count.refused + Number(did) });
  }
  return {
    prior,
    shares: new Map([...counts].map(([token, count]) => [token, (count.refused + prior) / (count.n + 1)])),
  };
}

/**
 * The chance that a reply refuses, from the distribution of its first token alone: no reply is made for it. After the
 * refusal metric of Arditi et al. 2024 (arXiv 2406.11717, section 2.3), whose refusal tokens are here learnt from the
 * model's own replies, each with its share.
 *
 * @param logits [vocabulary] of the first token
 */
export function refusalChance(logits: Float32Array, { prior, shares }: FirstTokens): number {
  let top = -Infinity;
  for (const x of logits) if (x > top) top = x;
  let sum = 0;
  for (const x of logits) sum += Math.exp(x - top);
  let known = 0;
  let chance = 0;
  for (const [token, share] of shares) {
    const p = Math.exp((logits[token] ?? -Infinity) - top) / sum;
    known += p;
    chance += p * share;
  }
  return chance + Math.max(0, 1 - known) * prior;
}

/**
 * How well `refusalChance` foretold the verdicts on replies.
 * @param replies the chance told of each, and whether it refused
 */
export function measureFirstToken(
  replies: readonly { readonly chance: number; readonly refused: boolean }[],
): FirstTokenMeasure {
  const chancesOf = (wanted: boolean): number[] =>
    replies.filter(({ refused }) => refused === wanted).map(({ chance }) => chance);
  const [refused, others] = [chancesOf(true), chancesOf(false)];
  return { n: replies.length, auc: refused.length === 0 || others.length === 0 ? null : auc(refused, others) };
}
