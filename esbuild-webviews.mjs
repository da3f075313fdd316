/** How the pages of the editor's webviews are built: one script a page, with what they share in chunks of their own. */
export const webviews = {
  entryPoints: {
    refusal: 'media/refusal/refusal.ts',
    norms: 'media/norms/norms.ts',
    reply: 'media/reply/reply.ts',
    webview: 'media/editor/webview.css',
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
