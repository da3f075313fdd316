import * as vscode from 'vscode';
import { configFileName } from '../../core/config-file-name.ts';
import { showMessage } from '../show-problem.ts';

const text = `{
  // A folder with config.json, tokenizer.json and onnx/. "AlphaSteer: Select Model" fills this in.
  "model": "model",
  "prompts": {
    // What the steering is learnt from: benign prompts, and malicious ones (harmful, jailbreak).
    // A row's label is its "label" field, else the word its file's name begins with.
    "fit": [{ "files": "prompts/*.jsonl" }],
    // What the report is made from; the fit never sees these.
    "evaluate": [{ "files": "prompts/*-heldout.jsonl" }]
  }
}
`;

/** Writes an `alphasteer.json` to start from, and opens it; one that is there is opened as it is. */
export async function createConfig(): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    void showMessage('Information', `No folder is open that ${configFileName} could be written into.`, {
      title: 'Open Folder',
      run: () => vscode.commands.executeCommand('vscode.openFolder'),
    });
    return;
  }
  const folder = folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick();
  if (folder === undefined) return;
  const uri = vscode.Uri.joinPath(folder.uri, configFileName);
  const isThere = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (!isThere) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(uri);
}
