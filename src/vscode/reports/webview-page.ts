import { html, markup } from '../../core/report/html/markup.ts';

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
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `font-src ${source}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return markup(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${policy}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title}</title>
          <link rel="stylesheet" href="${codicons}" id="vscode-codicon-stylesheet" />
          <link rel="stylesheet" href="${style}" />
        </head>
        <body class="alphasteer">
          <main id="root"></main>
          <script type="module" nonce="${nonce}" src="${script}"></script>
        </body>
      </html> `,
  );
}
