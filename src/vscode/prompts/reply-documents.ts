import * as vscode from 'vscode';
import type { AskResult } from '../../rpc/worker-api.ts';

const scheme = 'alphasteer-reply';

/** The two replies to a prompt as read-only documents, for the diff editor. */
export class ReplyDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  #texts: ReadonlyMap<string, string> = new Map();

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.#texts.get(path) ?? '';
  }

  /** Opens base and steered reply as a diff; the next one takes its place. */
  async compare({ base, steered, strength }: AskResult): Promise<void> {
    this.#texts = new Map([
      ['/base reply', base.reply],
      ['/steered reply', steered.reply],
    ]);
    const [left, right] = [...this.#texts.keys()].map((path) => vscode.Uri.from({ scheme, path }));
    this.#changed.fire(left!);
    this.#changed.fire(right!);
    const title = `Replies: base (${base.verdict}) ↔ steered at ${strength} (${steered.verdict})`;
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
