import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { webviewPage } from './webview-page.ts';

export type ViewName = 'refusal' | 'norms' | 'reply';

/** Lets a webview run one view's script and read the extension's built files, and nothing else. */
export function setUpWebview(webview: vscode.Webview, extensionUri: vscode.Uri, view: ViewName, title: string): void {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  webview.html = webviewPage({
    title,
    script: address(`${view}.js`),
    style: address('webview.css'),
    codicons: address('codicon.css'),
    source: webview.cspSource,
    nonce: randomBytes(16).toString('hex'),
  });
}
