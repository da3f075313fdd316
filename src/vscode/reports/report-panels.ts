import * as vscode from 'vscode';
import type { RunView } from './run-panel.ts';

const views = {
  refusal: { name: 'refusal', title: 'Refusal Report' },
  norms: { name: 'norms', title: 'Steering Norms' },
} as const satisfies Record<string, RunView>;

const viewType = (view: RunView) => `alphasteer.${view.name}`;

/** The reports that are open, one panel a run and view. They come back with the window. */
export class ReportPanels implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  readonly #panels = new Map</* view and run folder */ string, vscode.WebviewPanel>();
  readonly #serializers: readonly vscode.Disposable[];

  constructor(extensionUri: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#extensionUri = extensionUri;
    this.#log = log;
    this.#serializers = Object.values(views).map((view) =>
      vscode.window.registerWebviewPanelSerializer(viewType(view), {
        deserializeWebviewPanel: (panel, state) => {
          const folder = folderOf(state);
          if (folder === undefined) panel.dispose();
          else return this.#adopt(panel, view, folder);
          return Promise.resolve();
        },
      }),
    );
  }

  /** @param run path of a run folder */
  openRefusalReport(run: string): void {
    this.#open(views.refusal, run);
  }

  openSteeringNorms(run: string): void {
    this.#open(views.norms, run);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#serializers, ...this.#panels.values()).dispose();
  }

  #open(view: RunView, run: string): void {
    const open = this.#panels.get(keyOf(view, run));
    if (open !== undefined) {
      open.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(viewType(view), view.title, vscode.ViewColumn.Active);
    void this.#adopt(panel, view, run);
  }

  async #adopt(panel: vscode.WebviewPanel, view: RunView, run: string): Promise<void> {
    const key = keyOf(view, run);
    this.#panels.set(key, panel);
    panel.onDidDispose(() => this.#panels.delete(key));
    const { RunPanel } = await import('./run-panel.ts');
    if (this.#panels.get(key) !== panel) return;
    const shown = new RunPanel(panel, run, view, {
      extensionUri: this.#extensionUri,
      log: this.#log,
      show: (name) => this.#open(views[name], run),
    });
    panel.onDidDispose(() => shown.dispose());
  }
}

function keyOf({ name }: RunView, run: string): string {
  return JSON.stringify([name, run]);
}

/** The run that a page keeps as its own (`setState`). */
function folderOf(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('folder' in state)) return undefined;
  return typeof state.folder === 'string' ? state.folder : undefined;
}
