import { join } from 'node:path';
import * as vscode from 'vscode';
import { readManifest, runFiles, writeManifest } from '../../workspace/run-folder.ts';
import { hasDesktop } from '../reveal-file.ts';
import { runName, type Run, type Runs } from '../runs.ts';

/** Gives a run a name of its own; an empty one takes it away. */
export async function renameRun(runs: Runs, run: Run): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: 'Rename Run',
    value: runName(run),
    prompt: 'Empty for the name of its folder.',
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

/** Shows the numbers of two runs of one project in a diff editor: the older one on the left. */
export async function compareRuns(runs: Runs, run: Run): Promise<void> {
  const others = runs.of(run.project).filter((other) => other.fit !== undefined && other.folder !== run.folder);
  const items = others.map((other) => ({
    label: runName(other),
    description: `strength ${other.fit!.strength}`,
    other,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Compare ${runName(run)} With`,
    placeHolder: items.length === 0 ? 'There is no other fitted run' : 'A run',
  });
  if (picked === undefined) return;
  const both = [picked.other, run].sort((a, b) => (a.manifest.created < b.manifest.created ? -1 : 1));
  const file = both.every(({ compared }) => compared) ? runFiles.summary : runFiles.fit;
  const [left, right] = both.map(({ folder }) => vscode.Uri.file(join(folder, file)));
  await vscode.commands.executeCommand('vscode.diff', left, right, `${both.map(runName).join(' ↔ ')} (${file})`);
}
