import { labels, type Label } from '../../prompts/prompt.ts';
import { mean } from '../../stats/mean.ts';

/** The mean of `value` over the rows of each label that has any. */
export function meanByLabel<T extends { readonly label: Label }>(
  rows: readonly T[],
  value: (row: T) => number,
): Partial<Record<Label, number>> {
  const means: Partial<Record<Label, number>> = {};
  for (const label of labels) {
    const values = rows.filter((row) => row.label === label).map(value);
    if (values.length > 0) means[label] = mean(values);
  }
  return means;
}
