import { expect, it } from 'vitest';
import { webviewPage } from '../../../../src/vscode/reports/webview-page.ts';

const page = (title: string) =>
  webviewPage({
    title,
    script: 'https://files/refusal.js',
    style: 'https://files/webview.css',
    codicons: 'https://files/codicon.css',
    source: 'https://files',
    nonce: 'abc',
  });

it('lets its own script run by nonce, takes styles and fonts from the extension, and nothing else', () => {
  expect(page('Report').replaceAll('&#39;', "'")).toContain(
    `content="default-src 'none'; script-src 'nonce-abc'; style-src https://files; font-src https://files; base-uri 'none'; form-action 'none'"`,
  );
  expect(page('Report').match(/<script/g)).toHaveLength(1);
});

it('shows a title as text', () => {
  expect(page('<script>')).toContain('<title>&lt;script&gt;</title>');
});
