import { labels, type Label } from '../core/prompts/prompt.ts';

/** The mean of `value` over the rows of each label that has any. */
export function meanByLabel<T extends { readonly label: Label }>(
  rows: readonly T[],
  value: (row: T) => number,
): Partial<Record<Label, number>> {
  const means: Partial<Record<Label, number>> = {};
  for (const label of labels) {
    const own = rows.filter((row) => row.label === label);
    if (own.length > 0) means[label] = own.reduce((sum, row) => sum + value(row), 0) / own.length;
  }
  return means;
}
