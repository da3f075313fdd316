import type { Summary } from './data/summary.ts';

/** The bytes of `summary.json`: keys in the order they were made in, which is fixed. */
export function summaryJson(summary: Summary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}
