import * as vscode from 'vscode';
import type { Projects } from '../project/project.ts';
import type { Runs } from '../runs/runs.ts';
import type { Run } from '../runs/read-runs.ts';
import { showMessage } from '../show-problem.ts';
import { chooseProject } from './choose-project.ts';

/** What a command on a run is called on: a run of the tree, a run's folder, a file of its project, or nothing. */
export type RunTarget = Run | string | vscode.Uri;

/** The run that is meant; the newest fitted one of the project where none is named. Where there is none, says what to do. */
export async function chooseRun(
  projects: Projects,
  runs: Runs,
  what: string,
  target?: RunTarget,
): Promise<Run | undefined> {
  await runs.read();
  if (typeof target === 'string') {
    const named = projects.all.flatMap((one) => runs.of(one)).find(({ folder }) => folder === target);
    if (named === undefined) void showMessage('Information', `The run ${target} is no longer there.`);
    return named;
  }
  if (target !== undefined && !(target instanceof vscode.Uri)) return target;
  const project = await chooseProject(projects, what, target);
  if (project === undefined) return undefined;
  const newest = runs.newest(project);
  if (newest === undefined) {
    void showMessage('Information', 'There is no fitted run in this folder yet.', {
      title: 'Fit AlphaSteer',
      run: () => vscode.commands.executeCommand('alphasteer.fit', vscode.Uri.file(project.root)),
    });
  }
  return newest;
}
