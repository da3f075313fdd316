import type { Verdict } from '../judge/verdict.ts';
import type { Label } from '../prompts/prompt.ts';
import { seededRandom, shuffled } from '../prompts/split/seeded-random.ts';
import { compareText } from './replies/latest-replies.ts';
import { attackName } from './rates/attack-rates.ts';
import { isFlip, type Change, type ReportRow } from './replies/report-rows.ts';

export type SortKey = 'change' | 'id' | 'label' | 'attack' | 'base' | 'steered' | 'score';

/** What the table of prompts shows; an absent part lets everything through. */
export interface RowQuery {
  readonly text?: string;
  readonly label?: Label | undefined;
  readonly attack?: string | undefined;
  readonly change?: Change | 'flip' | undefined;
  readonly base?: Verdict | undefined;
  readonly steered?: Verdict | undefined;
  /** Only a sample drawn at random, the same each time: on these a person's verdicts tell the rules' errors. */
  readonly drawn?: 'sample' | undefined;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** How many prompts a sample has. */
export const sampleSize = 100;

/** The rows asked for, in the order asked for; rows that tie keep the report's order, flips first. */
export function queryRows(rows: readonly ReportRow[], query: RowQuery): ReportRow[] {
  const text = query.text?.trim().toLowerCase() ?? '';
  const sample = query.drawn === undefined ? undefined : drawnIds(rows);
  const chosen = rows.filter(
    (row) =>
      sample?.has(row.id) !== false &&
      (query.label === undefined || row.label === query.label) &&
      (query.attack === undefined || (row.label === 'jailbreak' && attackName(row) === query.attack)) &&
      (query.change === undefined || (query.change === 'flip' ? isFlip(row.change) : row.change === query.change)) &&
      (query.base === undefined || row.base?.verdict === query.base) &&
      (query.steered === undefined || row.steered?.verdict === query.steered) &&
      (text === '' || holds(row, text)),
  );
  if (query.sort === 'change') return query.descending ? chosen.reverse() : chosen;
  const direction = query.descending ? -1 : 1;
  const compare = comparisons[query.sort];
  return chosen.sort((a, b) => direction * compare(a, b));
}

/** Whatever the order of the rows and what else is asked. */
function drawnIds(rows: readonly ReportRow[]): Set<string> {
  const ids = rows.map(({ id }) => id).sort(compareText);
  return new Set(shuffled(ids, seededRandom(1)).slice(0, sampleSize));
}

/** Mean of s over the steered layers: one number to sort prompts by. */
export function meanScore({ steered, base }: ReportRow): number | null {
  const scores = (steered ?? base)?.scores ?? [];
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function holds({ id, prompt, base, steered }: ReportRow, text: string): boolean {
  return [id, prompt, base?.reply ?? '', steered?.reply ?? ''].some((part) => part.toLowerCase().includes(text));
}

const comparisons: Readonly<Record<Exclude<SortKey, 'change'>, (a: ReportRow, b: ReportRow) => number>> = {
  id: (a, b) => compareText(a.id, b.id),
  label: (a, b) => compareText(a.label, b.label),
  attack: (a, b) => compareText(a.attack ?? '', b.attack ?? ''),
  base: (a, b) => compareText(a.base?.verdict ?? '', b.base?.verdict ?? ''),
  steered: (a, b) => compareText(a.steered?.verdict ?? '', b.steered?.verdict ?? ''),
  score: (a, b) => (meanScore(a) ?? -Infinity) - (meanScore(b) ?? -Infinity) || 0,
};
