import * as vscode from 'vscode';
import { configFileName } from '../../core/config-file-name.ts';
import type { Projects } from '../project/project.ts';
import type { Project } from '../project/read-project.ts';
import { showMessage } from '../show-problem.ts';

/**
 * The project a command is about; where there is none, says how to get one.
 * @param what the command, for the question which of several
 */
export async function chooseProject(
  projects: Projects,
  what: string,
  target?: vscode.Uri,
): Promise<Project | undefined> {
  const project = await projects.choose(what, target);
  if (projects.all.length > 0) return project;
  void showMessage(
    'Information',
    `No open folder has an ${configFileName}, which says what to fit and evaluate.`,
    { title: 'Create One', run: () => vscode.commands.executeCommand('alphasteer.createConfig') },
    { title: 'Open Folder', run: () => vscode.commands.executeCommand('vscode.openFolder') },
  );
  return undefined;
}
