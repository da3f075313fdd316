import * as vscode from 'vscode';
import type { Projects } from '../project/project.ts';
import type { Runs } from '../runs/runs.ts';
import { showMessage } from '../show-problem.ts';
import { chooseRun, type RunTarget } from './choose-run.ts';

/** Opens a report of a run: the one it is called on, else the newest. Without replies there is no refusal report. */
export function openReportCommand(
  { projects, runs }: { readonly projects: Projects; readonly runs: Runs },
  report: 'refusal' | 'norms',
  open: (folder: string) => void,
): (target?: RunTarget) => Promise<void> {
  return async (target) => {
    const run = await chooseRun(projects, runs, report === 'refusal' ? 'Refusal Report' : 'Steering Norms', target);
    if (run === undefined) return;
    if (run.compared || report === 'norms') {
      open(run.folder);
      return;
    }
    void showMessage('Information', 'This run has no replies to report on yet.', {
      title: 'Compare Base and Steered',
      run: () => vscode.commands.executeCommand('alphasteer.compare', run.folder),
    });
  };
}
