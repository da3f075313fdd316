import * as vscode from 'vscode';

/** Whether files lie on the machine that the window is on: a browser and a remote machine have no file manager and no trash. */
export function hasDesktop(): boolean {
  return vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
}

/** Shows a file or folder in the system's file manager, or in the Explorer where there is none. */
export async function revealFile(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand(hasDesktop() ? 'revealFileInOS' : 'revealInExplorer', uri);
}
