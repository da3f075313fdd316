import { reportDataId, reportRootId, staticFlipsId, type ReportData } from '../../src/core/report/html/report-data.ts';
import { mount } from './mount.ts';

/** The report as a file of its own: its data stand in the page, written there by `renderReport`. */
const root = document.getElementById(reportRootId);
const data = document.getElementById(reportDataId)?.textContent;
if (root !== null && data !== undefined) {
  mount(root, JSON.parse(data) as ReportData);
  // The table of prompts holds the flips too; without scripts the list stays.
  document.getElementById(staticFlipsId)?.remove();
}
