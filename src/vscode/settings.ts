import * as vscode from 'vscode';
import type { WorkspaceParams } from '../rpc/worker-api.ts';
import type { Project } from './read-project.ts';

/** What every call for a project says: its folder, and the settings that go before `alphasteer.json`. */
export function workspaceParams({ root }: Project): WorkspaceParams {
  const settings = vscode.workspace.getConfiguration('alphasteer', vscode.Uri.file(root));
  const model = settings.get<string>('model', '');
  const device = settings.get<string>('device', '');
  const threads = settings.get<number>('threads', 0);
  const limit = settings.get<number>('rowLimit', 0);
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
