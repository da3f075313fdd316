import { html } from '../../core/report/html/markup.ts';
import { pageShell } from './page-shell.ts';

export interface WebviewPage {
  readonly title: string;
  /** Addresses the webview can reach. */
  readonly script: string;
  readonly style: string;
  readonly codicons: string;
  /** Where the webview's own files come from: `webview.cspSource`. */
  readonly source: string;
  /** New for every page. */
  readonly nonce: string;
}

/**
 * The page of a webview: empty but for its script, which asks the editor for everything else. It may run that script
 * alone, take styles and the icon font from the extension's folder alone, and reach nothing.
 */
export function webviewPage({ title, script, style, codicons, source, nonce }: WebviewPage): string {
  return pageShell({
    title,
    allowed: [`script-src 'nonce-${nonce}'`, `style-src ${source}`, `font-src ${source}`],
    styles: html`<link rel="stylesheet" href="${codicons}" id="vscode-codicon-stylesheet" />
      <link rel="stylesheet" href="${style}" />`,
    body: html`<main id="root"></main>
      <script type="module" nonce="${nonce}" src="${script}"></script>`,
  });
}
