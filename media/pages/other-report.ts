import { html, type TemplateResult } from 'lit';
import type { ReportRequest } from '../../src/rpc/webview-report.ts';
import { editorControls } from '../controls/editor-controls.ts';

type Report = Extract<ReportRequest, { type: 'show' }>['view'];

const buttons = {
  norms: { label: 'Steering Norms', icon: 'graph' },
  refusal: { label: 'Refusal Report', icon: 'shield' },
} as const satisfies Readonly<Record<Report, { readonly label: string; readonly icon: string }>>;

/** The bar on top of a report, with the way to the run's other one. */
export function otherReport(view: Report, post: (request: ReportRequest) => void): TemplateResult {
  return html`<div class="toolbar">
    ${editorControls.button({ ...buttons[view], clicked: () => post({ type: 'show', view }) })}
  </div>`;
}
