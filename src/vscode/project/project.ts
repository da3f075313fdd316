import { posix, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { configFileName } from '../../core/config-file-name.ts';
import type { PromptFileRole } from '../../core/prompts/read/prompt-file-matcher.ts';
import type { Project } from './read-project.ts';

/** A file that a project names as prompts. */
export interface PromptFileUse extends PromptFileRole {
  readonly project: Project;
  /** Path from the project's root, with `/`, as in `replies.jsonl`. */
  readonly path: string;
}

const mostProjects = 50;

/** The projects of the open folders, read again when an `alphasteer.json` comes, goes or changes on disk. */
export class Projects implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #watcher = vscode.workspace.createFileSystemWatcher(`**/${configFileName}`);
  readonly #subscriptions: vscode.Disposable;
  #all: readonly Project[] = [];
  #reading: Promise<void>;

  constructor() {
    const read = (): void => void this.read();
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      this.#watcher,
      this.#watcher.onDidCreate(read),
      this.#watcher.onDidChange(read),
      this.#watcher.onDidDelete(read),
      vscode.workspace.onDidChangeWorkspaceFolders(read),
    );
    this.#reading = this.read();
  }

  /** Resolves when the projects have been read that there were when it was asked for. */
  get ready(): Promise<void> {
    return this.#reading;
  }

  get all(): readonly Project[] {
    return this.#all;
  }

  read(): Promise<void> {
    this.#reading = this.#read();
    return this.#reading;
  }

  async #read(): Promise<void> {
    const files = await vscode.workspace.findFiles(
      `**/${configFileName}`,
      '**/{node_modules,.alphasteer}/**',
      mostProjects,
    );
    const { readProject } = await import('./read-project.ts');
    const read = await Promise.all(files.filter(({ scheme }) => scheme === 'file').map(readProject));
    const projects = read.filter((project) => project !== undefined);
    this.#all = projects.sort((a, b) => (a.root < b.root ? -1 : 1));
    this.#changed.fire();
  }

  /** The innermost project that a file lies in. */
  projectOf(uri: vscode.Uri): Project | undefined {
    return this.#all
      .filter(({ root }) => uri.scheme === 'file' && (uri.fsPath === root || uri.fsPath.startsWith(root + sep)))
      .at(-1);
  }

  /** How its project uses a file; undefined when none names it. */
  useOf(uri: vscode.Uri): PromptFileUse | undefined {
    const project = this.projectOf(uri);
    if (project === undefined) return undefined;
    const path = relative(project.root, uri.fsPath).split(sep).join(posix.sep);
    const role = project.roleOf(path);
    return role === null ? undefined : { ...role, project, path };
  }

  /** The project a command is about: the one of the file it was called on, of the active editor, the only one, or the one the user picks. */
  async choose(what: string, target?: vscode.Uri): Promise<Project | undefined> {
    await this.ready;
    const uri = target ?? vscode.window.activeTextEditor?.document.uri;
    const near = uri && this.projectOf(uri);
    if (near !== undefined || this.#all.length < 2) return near ?? this.#all[0];
    const picked = await vscode.window.showQuickPick(
      this.#all.map((project) => ({ label: project.name, description: project.root, project })),
      { title: `AlphaSteer: ${what}`, placeHolder: 'In which folder?', matchOnDescription: true },
    );
    return picked?.project;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
