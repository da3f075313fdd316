import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeProblem, HumanError, type Problem } from '../../core/problem.ts';
import type { Reply } from '../../core/evaluation/data/summary.ts';
import type { ReportMessage, ReportRequest } from '../../rpc/webview-report.ts';
import { JsonLinesTail } from '../../workspace/files/json-lines-tail.ts';
import { appendOverride, parseOverride, readOverrides } from '../../workspace/runs/overrides-file.ts';
import { runFiles } from '../../workspace/runs/run-folder.ts';
import { parseReply } from '../../workspace/runs/run-replies.ts';
import { promptFile, readRun } from './read-run.ts';
import { setUpWebview } from './set-up-webview.ts';

/** Replies come in batches; a page redrawn for each one would be busy with nothing else. */
const gatherMs = 500;

export interface RunView {
  readonly name: 'refusal' | 'norms';
  readonly title: string;
}

export interface RunPanelHost {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** Opens the other report on the same run. */
  readonly show: (view: RunView['name']) => void;
}

/**
 * A report on one run in a panel. The page says `ready`, at first and after every time it was hidden, and is sent the
 * whole run; while it is in sight it is sent what comes into the run folder.
 */
export class RunPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #run: string;
  readonly #view: RunView;
  readonly #warn: (problem: Problem) => void;
  readonly #show: (view: RunView['name']) => void;
  readonly #disposables: vscode.Disposable[] = [];
  #tail: JsonLinesTail<Reply>;
  /** Reads and posts run one after the other, or a page would get replies in the wrong order. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(panel: vscode.WebviewPanel, run: string, view: RunView, { extensionUri, log, show }: RunPanelHost) {
    this.#panel = panel;
    this.#run = run;
    this.#view = view;
    this.#warn = (problem) => log.warn(describeProblem(problem));
    this.#show = show;
    this.#tail = this.#newTail();
    this.#disposables.push(
      panel.webview.onDidReceiveMessage((request: ReportRequest) => this.#answer(request)),
      this.#watch(runFiles.replies, () => this.#postReplies()),
      this.#watch(runFiles.overrides, () => this.#postOverrides()),
      // Another comparison began, or the run has another name.
      this.#watch(runFiles.manifest, () => this.#postRun()),
      // Compare writes it last, and so does a second judge: what else they say of the run is there then.
      this.#watch(runFiles.report, () => this.#postRun()),
      // Verdicts can be given from now on.
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        if (panel.visible) void this.#inTurn(() => this.#postRun());
      }),
    );
    setUpWebview(panel.webview, extensionUri, view.name, view.title);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #answer(request: ReportRequest): Promise<void> {
    switch (request.type) {
      case 'ready':
        return this.#inTurn(() => this.#postRun());
      case 'open':
        return openLine(promptFile(this.#run, request.file), request.line);
      case 'overrule':
        return this.#inTurn(() => this.#overrule(request.override));
      case 'show':
        this.#show(request.view);
    }
  }

  async #overrule(value: unknown): Promise<void> {
    const override = parseOverride(value);
    if (override === undefined || !vscode.workspace.isTrusted) return;
    await appendOverride(this.#run, override);
    await this.#postOverrides();
  }

  async #postRun(): Promise<void> {
    this.#tail = this.#newTail();
    const [run, { rows }] = await Promise.all([readRun(this.#run, this.#warn), this.#tail.read()]);
    this.#panel.title = `${this.#view.title}: ${run.title}`;
    const canOverrule = vscode.workspace.isTrusted;
    await this.#post({ type: 'run', run: { ...run, replies: rows, canOverrule } });
  }

  async #postReplies(): Promise<void> {
    const { rows, fromStart } = await this.#tail.read();
    if (fromStart) return this.#postRun();
    if (rows.length > 0) await this.#post({ type: 'replies', replies: rows });
  }

  async #postOverrides(): Promise<void> {
    await this.#post({ type: 'overrides', overrides: await readOverrides(this.#run, this.#warn) });
  }

  async #post(message: ReportMessage): Promise<void> {
    await this.#panel.webview.postMessage(message);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last
      .then(work)
      .catch((error: unknown) => this.#post({ type: 'problem', message: messageOf(error) }));
    this.#last = turn;
    return turn;
  }

  /** Calls `changed` for a file of the run folder, at most once in `gatherMs`, while the page is in sight. */
  #watch(file: string, changed: () => Promise<void>): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.file(this.#run), file),
    );
    let timer: NodeJS.Timeout | undefined;
    const gather = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        if (this.#panel.visible) void this.#inTurn(changed);
      }, gatherMs);
    };
    watcher.onDidChange(gather);
    watcher.onDidCreate(gather);
    watcher.onDidDelete(gather);
    return vscode.Disposable.from(watcher, { dispose: () => clearTimeout(timer) });
  }

  #newTail(): JsonLinesTail<Reply> {
    return new JsonLinesTail(join(this.#run, runFiles.replies), parseReply);
  }
}

async function openLine(file: string, line: number): Promise<void> {
  const start = new vscode.Position(Math.max(0, line - 1), 0);
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(file), {
      selection: new vscode.Range(start, start),
      viewColumn: vscode.ViewColumn.Beside,
    });
  } catch {
    await vscode.window.showErrorMessage(`The prompt file ${file} can't be opened: it was moved or removed.`);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof HumanError) return error.message;
  return `The run can't be read: ${error instanceof Error ? error.message : String(error)}. Close the report and open it again.`;
}
