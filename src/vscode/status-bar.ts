import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ModelProcess } from './model/model-process.ts';
import { percentDone } from './model/progress-message.ts';
import type { Projects } from './project/project.ts';
import type { Project } from './project/read-project.ts';
import { runName } from './runs/run-name.ts';
import type { Runs } from './runs/runs.ts';
import { modelParams } from './project/settings.ts';

/** Model, device and strength of the project at hand, or what runs; a click opens the menu. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('alphasteer.status', vscode.StatusBarAlignment.Left, 10);
  readonly #projects: Projects;
  readonly #runs: Runs;
  readonly #model: ModelProcess;
  readonly #subscriptions: vscode.Disposable;

  constructor(projects: Projects, runs: Runs, model: ModelProcess) {
    this.#projects = projects;
    this.#runs = runs;
    this.#model = model;
    this.#item.name = 'AlphaSteer';
    this.#item.command = 'alphasteer.showMenu';
    const show = (): void => this.#show();
    this.#subscriptions = vscode.Disposable.from(
      this.#item,
      projects.onDidChange(show),
      runs.onDidChange(show),
      model.onDidChange(show),
      vscode.window.onDidChangeActiveTextEditor(show),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('alphasteer')) show();
      }),
    );
  }

  #show(): void {
    const { job } = this.#model;
    const uri = vscode.window.activeTextEditor?.document.uri;
    const project = (uri && this.#projects.projectOf(uri)) ?? this.#projects.all[0];
    if (job !== undefined) {
      // A test is two replies, which are seen as they come: 0 % until the end would say nothing.
      const percent = job.progress === undefined || job.call === 'ask' ? '' : ` ${percentDone(job.progress)} %`;
      this.#item.text = `$(loading~spin) ${job.title}${percent}`;
      this.#item.tooltip = `AlphaSteer: ${job.title}${job.progress === undefined ? '' : `, ${job.progress.phase}`}`;
    } else if (project !== undefined) {
      this.#showProject(project);
    }
    if (project === undefined && job === undefined) this.#item.hide();
    else this.#item.show();
  }

  #showProject(project: Project): void {
    const run = this.#runs.newest(project);
    const path = modelParams(project).model ?? project.config?.model;
    const model = path === undefined ? 'no model' : basename(path);
    const state = run?.fit === undefined ? ['not fitted'] : [run.fit.device, `strength ${run.fit.strength}`];
    const name = this.#projects.all.length > 1 ? `${project.name}: ` : '';
    this.#item.text = `$(shield) ${name}${[model, ...state].join(' · ')}`;
    this.#item.tooltip = [
      `AlphaSteer: ${project.name}`,
      `Model: ${path ?? 'none'}`,
      run?.fit === undefined
        ? 'Not fitted yet'
        : `Run ${runName(run)}: ${run.fit.dtype} on ${run.fit.device}, layers ${run.fit.layers.join(', ')}, strength ${run.fit.strength}`,
    ].join('\n');
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
