import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { FitSummary } from '../core/report/fit-summary.ts';
import { listRuns, readFitSummary, readManifest, runFiles, type Manifest } from '../workspace/run-folder.ts';
import type { Project, Projects } from './project.ts';

/** A run folder, as far as it is shown. */
export interface Run {
  readonly project: Project;
  readonly folder: string;
  readonly manifest: Manifest;
  /** Absent while the fit has not ended. */
  readonly fit: FitSummary | undefined;
  /** Whether there are replies to report on. */
  readonly compared: boolean;
}

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

/** The name a run goes by: the one it was given, else when it was begun. */
export function runName({ manifest }: Pick<Run, 'manifest'>): string {
  if (typeof manifest['name'] === 'string') return manifest['name'];
  return new Date(manifest.created).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

async function readRuns(project: Project): Promise<Run[]> {
  const runs = await Promise.all(
    (await listRuns(project.root)).map(async (folder): Promise<Run | undefined> => {
      // A folder whose manifest is not there yet, or is no run at all, is nothing to show.
      const manifest = await readManifest(folder).catch(() => undefined);
      if (manifest === undefined) return undefined;
      const fit = manifest.state === 'fitted' ? await readFitSummary(folder).catch(() => undefined) : undefined;
      const replies = await stat(join(folder, runFiles.replies)).catch(() => undefined);
      return { project, folder, manifest, fit, compared: (replies?.size ?? 0) > 0 };
    }),
  );
  return runs.filter((run) => run !== undefined);
}
