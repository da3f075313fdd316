import { html, markup, type Content } from '../../core/report/html/markup.ts';

export interface PageShell {
  readonly title: string;
  /** What the page may do beyond nothing: further directives of its content security policy. */
  readonly allowed: readonly string[];
  readonly styles: Content;
  readonly body: Content;
}

/** Every page of a webview: it may do and reach nothing but what is named. */
export function pageShell({ title, allowed, styles, body }: PageShell): string {
  const policy = [`default-src 'none'`, ...allowed, `base-uri 'none'`, `form-action 'none'`].join('; ');
  return markup(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${policy}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title}</title>
          ${styles}
        </head>
        <body class="alphasteer">
          ${body}
        </body>
      </html> `,
  );
}
