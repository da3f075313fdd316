import * as vscode from 'vscode';
import type { ModelProcess } from './model/model-process.ts';
import type { Projects } from './project/project.ts';
import type { Runs } from './runs/runs.ts';

/** Keeps the keys that `when` clauses of package.json ask for: what there is, and whether a job runs. */
export function keepContextKeys(projects: Projects, runs: Runs, model: ModelProcess): vscode.Disposable {
  const shown = new Map<string, boolean>();
  const set = (key: string, value: boolean): void => {
    if (shown.get(key) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand('setContext', `alphasteer.${key}`, value);
  };
  const update = (): void => {
    const editor = vscode.window.activeTextEditor;
    set('hasProject', projects.all.length > 0);
    set(
      'hasRun',
      projects.all.some((project) => runs.newest(project) !== undefined),
    );
    set('isBusy', model.job !== undefined);
    set('inPromptFile', editor !== undefined && projects.useOf(editor.document.uri) !== undefined);
  };
  return vscode.Disposable.from(
    projects.onDidChange(update),
    runs.onDidChange(update),
    model.onDidChange(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}
