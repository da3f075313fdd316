/** How the pages of the editor's webviews are built: one script a page, with what they share in chunks of their own. */
export const webviews = {
  entryPoints: {
    refusal: 'media/pages/refusal.ts',
    norms: 'media/pages/norms.ts',
    reply: 'media/pages/reply.ts',
    webview: 'media/pages/webview.css',
    codicon: '@vscode/codicons/dist/codicon.css',
  },
  bundle: true,
  minify: true,
  format: 'esm',
  splitting: true,
  target: 'chrome124',
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
  logLevel: 'warning',
};
