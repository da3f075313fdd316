import { basename } from 'node:path';
import * as vscode from 'vscode';
import { configFileName } from '../../core/config-file-name.ts';
import { problemSentence, type Problem } from '../../core/problem.ts';
import type { Projects } from '../project/project.ts';
import type { Project } from '../project/read-project.ts';
import type { PromptDocuments } from './prompt-documents.ts';
import { placeOf } from '../show-problem.ts';

/** Milliseconds after the last key that a file is checked. */
const pause = 300;

/**
 * What is wrong with prompt files and `alphasteer.json`, in the Problems view: open files as they are typed in, the
 * others as the last job found them.
 */
export class FileProblems implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('alphasteer');
  readonly #timers = new Map<vscode.TextDocument, NodeJS.Timeout>();
  /** Files that the last job of a project found wrong. */
  readonly #found = new Map</* root */ string, readonly vscode.Uri[]>();
  readonly #documents: PromptDocuments;
  readonly #subscriptions: vscode.Disposable;

  constructor(projects: Projects, documents: PromptDocuments) {
    this.#documents = documents;
    const checkAll = (): void => vscode.workspace.textDocuments.forEach((document) => this.#checkSoon(document));
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      projects.onDidChange(checkAll),
      vscode.workspace.onDidOpenTextDocument((document) => this.#checkSoon(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('alphasteer.model')) checkAll();
      }),
    );
  }

  /** Shows what a job said of files that are not open, in place of what the last one said. */
  show({ root }: Project, problems: readonly Problem[]): void {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const uri of this.#found.get(root) ?? []) if (!isOpen(uri)) byFile.set(uri.toString(), []);
    for (const problem of problems) {
      const uri = placeOf(problem, root)?.uri;
      if (uri === undefined || isOpen(uri)) continue;
      const found = byFile.get(uri.toString()) ?? [];
      byFile.set(uri.toString(), [...found, diagnosticOf(problem)]);
    }
    const files = [...byFile].map(([uri, diagnostics]): [vscode.Uri, vscode.Diagnostic[]] => [
      vscode.Uri.parse(uri),
      diagnostics,
    ]);
    this.#collection.set(files);
    this.#found.set(
      root,
      files.map(([uri]) => uri),
    );
  }

  #checkSoon(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file') return;
    clearTimeout(this.#timers.get(document));
    this.#timers.set(
      document,
      setTimeout(() => void this.#check(document), pause),
    );
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    this.#timers.delete(document);
    const isConfig = basename(document.uri.fsPath) === configFileName;
    const problems = isConfig
      ? await (await import('../project/config-problems.ts')).configProblems(document)
      : this.#documents.of(document)?.problems;
    if (document.isClosed) return;
    this.#collection.set(document.uri, problems?.map(diagnosticOf));
  }

  #forget(document: vscode.TextDocument): void {
    clearTimeout(this.#timers.get(document));
    this.#timers.delete(document);
    this.#collection.delete(document.uri);
  }

  dispose(): void {
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#subscriptions.dispose();
  }
}

function isOpen(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
}

/** A problem at its place, up to the end of the line: where in a row the reason lies is mostly not known better. */
function diagnosticOf({ severity, line = 1, column = 1, ...problem }: Problem): vscode.Diagnostic {
  const range = new vscode.Range(line - 1, column - 1, line - 1, 10_000);
  const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(range, problemSentence(problem), level);
  diagnostic.source = 'AlphaSteer';
  return diagnostic;
}
