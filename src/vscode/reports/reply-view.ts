import * as vscode from 'vscode';
import type { Question } from '../../core/prompts/prompt.ts';
import type { AskResult, StreamedText } from '../../rpc/worker-api.ts';
import {
  begun,
  withPiece,
  type Asked,
  type Outcome,
  type ReplyMessage,
  type ReplyRequest,
} from '../../rpc/webview-reply.ts';
import { setUpWebview } from './set-up-webview.ts';

export interface ReplyActions {
  /** Stop what is being decoded. */
  stop(): void;
  /** Ask the same prompt once more, of the same project. */
  again(question: Question, root: vscode.Uri): void;
}

/** Base and steered reply to one prompt, side by side as they stream. One panel, used again for every prompt. */
export class ReplyView implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #actions: ReplyActions;
  #panel: vscode.WebviewPanel | undefined;
  #asked: Asked = begun({ text: '' });
  /** The folder of the project that was asked, or a file of it. */
  #root: vscode.Uri | undefined;

  constructor(extensionUri: vscode.Uri, actions: ReplyActions) {
    this.#extensionUri = extensionUri;
    this.#actions = actions;
  }

  /**
   * Shows the view, empty, for a prompt whose replies are about to come. The editor keeps the focus.
   * @param root the folder of the project that is asked, or a file of it
   */
  begin(question: Question, root: vscode.Uri): void {
    this.#asked = begun(question);
    this.#root = root;
    this.#panel ??= this.#open();
    this.#panel.reveal(undefined, true);
    this.#post({ type: 'asked', asked: this.#asked });
  }

  append(piece: StreamedText): void {
    this.#asked = withPiece(this.#asked, piece);
    this.#post({ type: 'text', ...piece });
  }

  end(result: AskResult): void {
    this.#finish({ kind: 'done', result });
  }

  /** The user stopped it; what has come stays. */
  stopped(): void {
    this.#finish({ kind: 'stopped' });
  }

  /** @param message what happened and what to do about it */
  fail(message: string): void {
    this.#finish({ kind: 'failed', message });
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #finish(outcome: Outcome): void {
    this.#asked = { ...this.#asked, outcome };
    this.#post({ type: 'outcome', outcome });
  }

  #open(): vscode.WebviewPanel {
    const title = 'Base and Steered';
    const panel = vscode.window.createWebviewPanel('alphasteer.reply', title, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
    });
    panel.webview.onDidReceiveMessage((request: ReplyRequest) => {
      if (request.type === 'ready') this.#post({ type: 'asked', asked: this.#asked });
      else if (request.type === 'stop') this.#actions.stop();
      else if (this.#root !== undefined) this.#actions.again(this.#asked.question, this.#root);
    });
    panel.onDidDispose(() => (this.#panel = undefined));
    setUpWebview(panel.webview, this.#extensionUri, 'reply', title);
    return panel;
  }

  /** A page that is hidden or not there yet hears nothing; it asks for the whole when it is. */
  #post(message: ReplyMessage): void {
    void this.#panel?.webview.postMessage(message);
  }
}
