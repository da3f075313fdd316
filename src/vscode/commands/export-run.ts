import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { describeProblem } from '../../core/problem.ts';
import { exportFormats, type ExportFormat } from '../../core/report/exports/formats.ts';
import { exportRun } from '../../workspace/export-run.ts';
import type { Projects } from '../project.ts';
import type { Run, Runs } from '../runs.ts';
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
    .filter(({ id }) => run.compared || id === 'safetensors')
    .map((format) => ({ label: format.name, description: format.detail, format }));
  const picked = await vscode.window.showQuickPick(items, { title: `AlphaSteer: Export ${basename(run.folder)}` });
  return picked?.format;
}

async function save(run: Run, format: ExportFormat, to: vscode.Uri, { log, built }: ExportParts): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, title: `Exporting ${format.name}` };
  try {
    await vscode.window.withProgress(options, () =>
      exportRun(run.folder, { format: format.id, out: to.fsPath, built }, (problem) =>
        log.warn(describeProblem(problem)),
      ),
    );
  } catch (error) {
    void showError(error, { root: run.project.root, log });
    return;
  }
  void showMessage(
    'Information',
    `${format.name} saved to ${to.fsPath}.`,
    { title: 'Open', run: () => open(format, to) },
    { title: 'Show in Folder', run: () => revealFile(to) },
  );
}

/** A report opens in the browser, whose script draws it; a steering is no text, so its folder is shown. */
function open({ id }: ExportFormat, file: vscode.Uri): Thenable<unknown> {
  if (id === 'html') return vscode.env.openExternal(file);
  if (id === 'safetensors') return revealFile(file);
  return vscode.window.showTextDocument(file);
}
