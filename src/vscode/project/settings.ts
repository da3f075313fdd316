import * as vscode from 'vscode';
import type { WorkspaceParams } from '../../rpc/worker-api.ts';
import type { Project } from './read-project.ts';

/** What every call for a project says: its folder, and the settings that go before `alphasteer.json`. */
export function workspaceParams({ root }: Pick<Project, 'root'>): WorkspaceParams {
  const settings = vscode.workspace.getConfiguration('alphasteer', vscode.Uri.file(root));
  // A settings file may hold anything: null, or a number in quotes. The editor marks it there.
  const text = (name: string): string => {
    const value: unknown = settings.get(name);
    return typeof value === 'string' ? value : '';
  };
  const number = (name: string): number => {
    const value: unknown = settings.get(name);
    return Number.isInteger(value) ? (value as number) : 0;
  };
  const [model, device] = [text('model'), text('device')];
  const [threads, limit] = [number('threads'), number('rowLimit')];
  return {
    workspace: root,
    ...(model !== '' && { model }),
    ...(device !== '' && { device }),
    ...(threads > 0 && { threads }),
    ...(limit > 0 && { limit }),
  };
}

/** Whether actions and verdicts are shown above the prompts of a file. */
export function showsCodeLenses(uri: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration('alphasteer', uri).get('codeLens', true);
}
