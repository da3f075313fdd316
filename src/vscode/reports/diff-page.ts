import { diffSections } from '../../core/report/diff/diff-sections.ts';
import type { RunDiff } from '../../core/report/diff/run-diff.ts';
import { html, markup } from '../../core/report/html/markup.ts';

export interface DiffPage {
  readonly title: string;
  /** Address of the style sheet, and where the webview's own files come from: `webview.cspSource`. */
  readonly style: string;
  readonly source: string;
}

/** The page that compares two runs. It is whole as it stands: it runs no script, and reaches nothing but its style sheet. */
export function diffPage(diff: RunDiff, { title, style, source }: DiffPage): string {
  const policy = `default-src 'none'; style-src ${source}; base-uri 'none'; form-action 'none'`;
  return markup(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${policy}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title}</title>
          <link rel="stylesheet" href="${style}" />
        </head>
        <body class="alphasteer">
          <main>${diffSections(diff)}</main>
        </body>
      </html> `,
  );
}
