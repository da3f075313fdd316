import { dirname, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { parseConfig, type Config } from '../../core/config.ts';
import { promptFileMatcher, type PromptFileRole } from '../../core/prompts/read/prompt-file-matcher.ts';

/** A folder with an `alphasteer.json`: what the worker calls a workspace. An editor's workspace may hold several. */
export interface Project {
  /** Absolute path of the folder. */
  readonly root: string;
  /** For people: the workspace folder's name, and the path in it where it is not the folder itself. */
  readonly name: string;
  /** Null while the file has problems. */
  readonly config: Config | null;
  /** What the project uses a file for, by its path from `root`; null when it doesn't. */
  readonly roleOf: (path: string) => PromptFileRole | null;
}

/** The project of an `alphasteer.json`; undefined where the file is gone by now. */
export async function readProject(file: vscode.Uri): Promise<Project | undefined> {
  const bytes = await vscode.workspace.fs.readFile(file).then(undefined, () => undefined);
  if (bytes === undefined) return undefined;
  const { config } = parseConfig(new TextDecoder().decode(bytes), file.fsPath);
  return {
    root: dirname(file.fsPath),
    name: projectName(file),
    config,
    roleOf: config === null ? () => null : promptFileMatcher(config.prompts),
  };
}

function projectName(file: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(file);
  if (folder === undefined) return dirname(file.fsPath);
  return [folder.name, relative(folder.uri.fsPath, dirname(file.fsPath)).split(sep).join('/')]
    .filter(Boolean)
    .join('/');
}
