import * as vscode from 'vscode';
import type { ModelParams } from '../../rpc/worker-api.ts';
import type { Project } from './read-project.ts';

/** What every call for a project says: its folder, and the model settings that go before `alphasteer.json`. */
export function modelParams({ root }: Pick<Project, 'root'>): ModelParams {
  const [model, device] = [textSetting(root, 'model'), textSetting(root, 'device')];
  const threads = numberSetting(root, 'threads');
  return {
    workspace: root,
    ...(model !== '' && { model }),
    ...(device !== '' && { device }),
    ...(threads > 0 && { threads }),
  };
}

/** How many rows of each prompt file a fit takes, and a comparison of each kind; none of it where all count. */
export function rowLimit({ root }: Pick<Project, 'root'>): { readonly limit?: number } {
  const limit = numberSetting(root, 'rowLimit');
  return limit > 0 ? { limit } : {};
}

/** Whether actions and verdicts are shown above the prompts of a file. */
export function showsCodeLenses(uri: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration('alphasteer', uri).get('codeLens', true);
}

// A settings file may hold anything: null, or a number in quotes. The editor marks it there.
function settingOf(root: string, name: string): unknown {
  return vscode.workspace.getConfiguration('alphasteer', vscode.Uri.file(root)).get(name);
}

function textSetting(root: string, name: string): string {
  const value = settingOf(root, name);
  return typeof value === 'string' ? value : '';
}

function numberSetting(root: string, name: string): number {
  const value = settingOf(root, name);
  return Number.isInteger(value) ? (value as number) : 0;
}
