import * as vscode from 'vscode';
import type { Prompt } from '../../core/prompts/prompt.ts';
import { isAsExpected } from '../../core/evaluation/replies/expectation.ts';
import type { LastVerdicts, VerdictMemory } from '../runs/last-verdicts.ts';
import type { Project } from '../project/read-project.ts';
import type { PromptDocuments } from './prompt-documents.ts';
import { promptFileGlob } from '../project/prompt-file-glob.ts';
import { showsCodeLenses } from '../project/settings.ts';

/** Prompts up to which a file gets all its lenses at once. */
const mostAtOnce = 500;
/** Between an icon and its text, where the editor drops an ordinary one. */
const space = '\u00a0';
/** Lines above and below the visible ones that get theirs in a longer file. */
const margin = 200;

/**
 * `Test`, `Compare` and the last verdicts above each prompt. A file of 50,000 prompts would be 150,000 lenses, which
 * the editor takes seconds to place: a long file gets those around what is visible, and more as it is scrolled.
 */
export class PromptLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #documents: PromptDocuments;
  readonly #verdicts: VerdictMemory;
  readonly #served = new WeakMap<vscode.TextDocument, vscode.Range>();
  readonly #subscriptions: vscode.Disposable;

  constructor(documents: PromptDocuments, verdicts: VerdictMemory) {
    this.#documents = documents;
    this.#verdicts = verdicts;
    const again = (): void => this.#changed.fire();
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.languages.registerCodeLensProvider({ scheme: 'file', pattern: promptFileGlob }, this),
      verdicts.onDidChange(again),
      vscode.workspace.onDidGrantWorkspaceTrust(again),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('alphasteer.codeLens')) again();
      }),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor, visibleRanges }) => {
        const served = this.#served.get(textEditor.document);
        if (served !== undefined && !visibleRanges.every((range) => served.contains(range))) again();
      }),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!showsCodeLenses(document.uri)) return [];
    const parsed = this.#documents.of(document);
    if (parsed === undefined) return [];
    const { project } = parsed.use;
    await this.#verdicts.load(project);
    return this.#within(document, parsed.prompts).flatMap((prompt) => this.#lensesOf(document.uri, project, prompt));
  }

  #within(document: vscode.TextDocument, prompts: readonly Prompt[]): readonly Prompt[] {
    if (prompts.length <= mostAtOnce) {
      this.#served.delete(document);
      return prompts;
    }
    const visible = vscode.window.visibleTextEditors
      .filter((editor) => editor.document === document)
      .flatMap(({ visibleRanges }) => visibleRanges);
    const top = new vscode.Range(0, 0, 0, 0);
    const { start, end } = visible.reduce((all, range) => all.union(range), visible[0] ?? top);
    const first = start.line - margin;
    const last = end.line + margin;
    this.#served.set(document, document.validateRange(new vscode.Range(Math.max(0, first), 0, last, Infinity)));
    return prompts.filter(({ line }) => line - 1 >= first && line - 1 <= last);
  }

  #lensesOf(uri: vscode.Uri, project: Project, prompt: Prompt): vscode.CodeLens[] {
    const range = new vscode.Range(prompt.line - 1, 0, prompt.line - 1, 0);
    const lens = (command: vscode.Command): vscode.CodeLens => new vscode.CodeLens(range, command);
    const target = [uri, prompt];
    const run = vscode.workspace.isTrusted
      ? [
          lens({
            title: `$(play)${space}Test`,
            tooltip: 'Ask the base and the steered model, side by side as they answer',
            command: 'alphasteer.testPrompt',
            arguments: target,
          }),
          lens({
            title: 'Compare',
            tooltip: 'Compare the two replies in a diff editor',
            command: 'alphasteer.comparePrompt',
            arguments: target,
          }),
        ]
      : [];
    const last = this.#verdicts.of(project, prompt);
    return last === undefined ? run : [...run, lens(verdictCommand(prompt, last, target))];
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function verdictCommand(prompt: Prompt, last: LastVerdicts, target: unknown[]): vscode.Command {
  const { base, steered, outOfDate, tested } = last;
  const icon = outOfDate ? 'history' : steered !== undefined && isAsExpected(prompt.label, steered) ? 'pass' : 'error';
  const title = `$(${icon})${space}${base ?? '?'} → ${steered ?? '?'}${outOfDate ? ' (out of date)' : ''}`;
  const why = outOfDate ? ' The prompt was changed since, or there is a newer fit.' : '';
  const tooltip = `Last verdicts: base ${base ?? 'not asked'}, steered ${steered ?? 'not asked'}.${why}`;
  return tested === undefined
    ? { title, tooltip, command: 'alphasteer.openRefusalReport', arguments: [last.run] }
    : { title, tooltip, command: 'alphasteer.showReply', arguments: [...target, tested] };
}
