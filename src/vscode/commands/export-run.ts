import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { describeProblem, type Problem } from '../../core/problem.ts';
import { exportFormats, type ExportFormat } from '../../core/report/exports/formats.ts';
import { exportRun } from '../../workspace/runs/export-run.ts';
import type { Projects } from '../project/project.ts';
import type { Runs } from '../runs/runs.ts';
import type { Run } from '../runs/read-runs.ts';
import { revealFile } from '../reveal-file.ts';
import { showError, showMessage } from '../show-problem.ts';
import { chooseRun, type RunTarget } from './choose-run.ts';

interface ExportParts {
  readonly projects: Projects;
  readonly runs: Runs;
  readonly log: vscode.LogOutputChannel;
  /** The extension's folder `dist`, where the report's script and style sheet lie. */
  readonly built: string;
}

/** Export: saves the run in the form and under the name that the user picks. */
export function exportCommand(parts: ExportParts): (target?: RunTarget) => Promise<void> {
  return async (target) => {
    const run = await chooseRun(parts.projects, parts.runs, 'Export', target);
    const format = run && (await pickFormat(run));
    if (run === undefined || format === undefined) return;
    const to = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.file(join(run.project.root, `${basename(run.folder)}.${format.extension}`)),
      filters: { [format.name]: [format.extension] },
      title: `Export ${format.name}`,
    });
    if (to !== undefined) await save(run, format, to, parts);
  };
}

/** A run without replies has a steering and nothing else to save. */
async function pickFormat(run: Run): Promise<ExportFormat | undefined> {
  const items = exportFormats
    .filter(({ of }) => run.compared || of === 'steering')
    .map((format) => ({ label: format.name, description: format.detail, format }));
  const picked = await vscode.window.showQuickPick(items, { title: `AlphaSteer: Export ${basename(run.folder)}` });
  return picked?.format;
}

async function save(run: Run, format: ExportFormat, to: vscode.Uri, { log, built }: ExportParts): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, title: `Exporting ${format.name}` };
  const problems: Problem[] = [];
  try {
    const note = await vscode.window.withProgress(options, () =>
      exportRun(run.folder, { format: format.id, out: to.fsPath, built, workspace: run.project.root }, (problem) =>
        problems.push(problem),
      ),
    );
    const told = [`${format.name} saved to ${to.fsPath}.`, note, ...problems.map(describeProblem)];
    void showMessage(
      problems.length === 0 ? 'Information' : 'Warning',
      told.filter((text) => text !== undefined).join(' '),
      { title: 'Open', run: () => open(format, to) },
      { title: 'Show in Folder', run: () => revealFile(to) },
    );
  } catch (error) {
    void showError(error, { root: run.project.root, log });
  }
}

/** A report opens in the browser, whose script draws it; a steering is no text, so its folder is shown. */
function open({ id, of }: ExportFormat, file: vscode.Uri): Thenable<unknown> {
  if (id === 'html') return vscode.env.openExternal(file);
  if (of === 'steering') return revealFile(file);
  return vscode.window.showTextDocument(file);
}
