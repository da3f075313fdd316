import * as vscode from 'vscode';
import type { Projects } from '../project/project.ts';
import type { Project } from '../project/read-project.ts';
import type { Run } from './read-runs.ts';

/** The runs of all projects, newest first in each; read again when their files change. */
export class Runs implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #projects: Projects;
  readonly #subscriptions: vscode.Disposable;
  #byRoot: ReadonlyMap<string, readonly Run[]> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(projects: Projects) {
    this.#projects = projects;
    const watcher = vscode.workspace.createFileSystemWatcher('**/.alphasteer/runs/**');
    const soon = (): void => this.#readSoon();
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      watcher,
      watcher.onDidCreate(soon),
      watcher.onDidChange(soon),
      watcher.onDidDelete(soon),
      projects.onDidChange(soon),
    );
  }

  of(project: Project): readonly Run[] {
    return this.#byRoot.get(project.root) ?? [];
  }

  /** The run that a test uses and a report is opened of, unless another one is named. */
  newest(project: Project): Run | undefined {
    return this.of(project).find(({ fit }) => fit !== undefined);
  }

  async read(): Promise<void> {
    await this.#projects.ready;
    const { readRuns } = await import('./read-runs.ts');
    const entries = await Promise.all(
      this.#projects.all.map(async (project) => [project.root, await readRuns(project)] as const),
    );
    this.#byRoot = new Map(entries);
    this.#changed.fire();
  }

  /** A run writes many lines a second; they are read together. */
  #readSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.read();
    }, 300);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }
}
