import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { runFiles } from '../../workspace/run-folder.ts';
import type { Projects } from '../project.ts';
import type { Runs } from '../runs.ts';
import { showMessage } from '../show-problem.ts';
import { chooseRun, type RunTarget } from './choose-run.ts';

const kinds = [
  { file: runFiles.report, label: 'Report', description: 'HTML, complete in itself' },
  { file: runFiles.summary, label: 'Numbers', description: 'JSON: rates, intervals, tests, layers' },
  { file: runFiles.replies, label: 'Replies', description: 'JSON Lines: each reply with its verdict and scores' },
  { file: runFiles.steering, label: 'Steering', description: 'safetensors: w and r of each layer' },
] as const;

/** Export: saves a copy of one of the run's files. */
export function exportCommand(projects: Projects, runs: Runs): (target?: RunTarget) => Promise<void> {
  return async (target) => {
    const run = await chooseRun(projects, runs, target);
    if (run === undefined) return;
    const there = await Promise.all(
      kinds.map(async (kind) => ({ kind, exists: await exists(join(run.folder, kind.file)) })),
    );
    const items = there.filter(({ exists }) => exists).map(({ kind }) => kind);
    const picked = await vscode.window.showQuickPick(items, { title: `AlphaSteer: Export ${basename(run.folder)}` });
    if (picked === undefined) return;
    const to = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.file(join(run.project.root, `${basename(run.folder)}-${picked.file}`)),
      title: `Export ${picked.label}`,
    });
    if (to === undefined) return;
    await vscode.workspace.fs.copy(vscode.Uri.file(join(run.folder, picked.file)), to, { overwrite: true });
    void showMessage('Information', `${picked.label} saved to ${to.fsPath}.`, {
      title: 'Show in Folder',
      run: () => vscode.commands.executeCommand('revealFileInOS', to),
    });
  };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
