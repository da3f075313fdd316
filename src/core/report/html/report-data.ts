import type { RunFit } from '../../evaluation/data/run-fit.ts';
import type { ReportRow } from '../../evaluation/replies/report-rows.ts';
import type { Summary } from '../../evaluation/data/summary.ts';

/** What the report's script draws from. */
export interface ReportData {
  readonly summary: Summary;
  readonly fit: RunFit;
  readonly rows: readonly ReportRow[];
}

/** Ids by which the script finds its data and its place in the page. */
export const reportDataId = 'alphasteer-data';
export const reportRootId = 'alphasteer-report';
/** The static list of flips, which the script's table of prompts replaces. */
export const staticFlipsId = 'flips';
