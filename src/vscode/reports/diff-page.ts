import { diffSections } from '../../core/report/diff/diff-sections.ts';
import type { RunDiff } from '../../core/report/diff/run-diff.ts';
import { html } from '../../core/report/html/markup.ts';
import { pageShell } from './page-shell.ts';

export interface DiffPage {
  readonly title: string;
  /** Address of the style sheet, and where the webview's own files come from: `webview.cspSource`. */
  readonly style: string;
  readonly source: string;
}

/** The page that compares two runs. It is whole as it stands: it runs no script, and reaches nothing but its style sheet. */
export function diffPage(diff: RunDiff, { title, style, source }: DiffPage): string {
  return pageShell({
    title,
    allowed: [`style-src ${source}`],
    styles: html`<link rel="stylesheet" href="${style}" />`,
    body: html`<main>${diffSections(diff)}</main>`,
  });
}
