import { renderTable } from '../../core/report/table.ts';
import type { CompareResult } from '../../rpc/worker-api.ts';

/** What steering changed, for a terminal. */
export function comparisonText({ report, fit, summary, reused, made }: CompareResult): string {
  return `${renderTable(summary, fit)}\n${made} replies made, ${reused} reused. Report: ${report}`;
}
