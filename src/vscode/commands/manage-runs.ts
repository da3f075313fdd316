import * as vscode from 'vscode';
import { readManifest, writeManifest } from '../../workspace/runs/run-folder.ts';
import { hasDesktop } from '../reveal-file.ts';
import { runName } from '../runs/run-name.ts';
import type { Runs } from '../runs/runs.ts';
import type { Run } from '../runs/read-runs.ts';

/** Gives a run a name of its own; an empty one takes it away. */
export async function renameRun(runs: Runs, run: Run): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: 'Rename Run',
    value: runName(run),
    prompt: 'Empty for the time when it was begun.',
  });
  if (name === undefined) return;
  // JSON leaves out what is undefined.
  await writeManifest(run.folder, { ...(await readManifest(run.folder)), name: name.trim() || undefined });
  await runs.read();
}

/** Moves a run's folder to the trash, after asking; deletes it where there is no trash. */
export async function deleteRun(runs: Runs, run: Run): Promise<void> {
  const useTrash = hasDesktop();
  const where = useTrash ? 'go to the trash' : 'are deleted for good: there is no trash here';
  const detail = `Its steering, replies and reports ${where}. Cached activations stay.`;
  const message = `Delete the run "${runName(run)}"?`;
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, 'Delete')) === undefined) return;
  await vscode.workspace.fs.delete(vscode.Uri.file(run.folder), { recursive: true, useTrash });
  await runs.read();
}
