import { wilson } from '../stats/wilson.ts';
import type { Rates, Reply } from './summary.ts';

/** Verdicts counted, with the refusal rate and its interval. At least one reply. */
export function countRates(replies: readonly Reply[]): Rates {
  const counts = { refused: 0, partial: 0, complied: 0, degenerate: 0 };
  for (const { verdict } of replies) counts[verdict]++;
  const n = replies.length;
  const { low, high } = wilson(counts.refused, n);
  return { n, ...counts, rate: counts.refused / n, low, high };
}
