import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** The folder that is open: the copy of examples/quickstart. */
export function workspaceRoot(): vscode.Uri {
  return vscode.workspace.workspaceFolders![0]!.uri;
}

export async function open(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(vscode.Uri.joinPath(workspaceRoot(), path));
}

/** Waits until `find` finds something. @throws after `seconds`, naming what was waited for */
export async function until<T>(
  what: string,
  find: () => T | undefined | Promise<T | undefined>,
  seconds = 15,
): Promise<T> {
  for (let waited = 0; waited < seconds * 1000; waited += 50) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    await sleep(50);
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

export async function lensesOf(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  return vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
}

export function hasTab(label: RegExp): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => label.test(tab.label)));
}
