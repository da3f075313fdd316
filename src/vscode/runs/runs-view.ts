import * as vscode from 'vscode';
import type { RunFit } from '../../core/evaluation/data/run-fit.ts';
import { count } from '../../core/format.ts';
import type { ModelProcess } from '../model/model-process.ts';
import type { Projects } from '../project/project.ts';
import type { Project } from '../project/read-project.ts';
import { runName } from './run-name.ts';
import type { Runs } from './runs.ts';
import type { Run } from './read-runs.ts';
import { modelParams } from '../project/settings.ts';

type Node =
  | { readonly kind: 'project'; readonly project: Project }
  | { readonly kind: 'model'; readonly project: Project }
  | { readonly kind: 'run'; readonly run: Run };

/** The activity bar's view: the model of each project, and its runs, newest first. */
export class RunsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #projects: Projects;
  readonly #runs: Runs;
  readonly #model: ModelProcess;
  readonly #subscriptions: vscode.Disposable;
  #wasUp = false;

  constructor(projects: Projects, runs: Runs, model: ModelProcess) {
    this.#projects = projects;
    this.#runs = runs;
    this.#model = model;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.window.createTreeView('alphasteer.runs', { treeDataProvider: this, showCollapseAll: false }),
      projects.onDidChange(() => this.#changed.fire(undefined)),
      runs.onDidChange(() => this.#changed.fire(undefined)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire(undefined)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('alphasteer.model')) this.#changed.fire(undefined);
      }),
      // Progress comes many times a second and changes nothing here.
      model.onDidChange(() => {
        if (model.isUp !== this.#wasUp) this.#changed.fire(undefined);
        this.#wasUp = model.isUp;
      }),
    );
  }

  getChildren(node?: Node): Node[] {
    const { all } = this.#projects;
    if (node?.kind === 'project') return this.#of(node.project);
    if (node !== undefined) return [];
    // Without a run there is nothing to list, and the welcome text shows instead.
    if (!all.some((project) => this.#runs.of(project).length > 0)) return [];
    return all.length === 1 ? this.#of(all[0]!) : all.map((project) => ({ kind: 'project', project }));
  }

  #of(project: Project): Node[] {
    return [{ kind: 'model', project }, ...this.#runs.of(project).map((run): Node => ({ kind: 'run', run }))];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'project':
        return new vscode.TreeItem(node.project.name, vscode.TreeItemCollapsibleState.Expanded);
      case 'model':
        return this.#modelItem(node.project);
      case 'run':
        return runItem(node.run);
    }
  }

  #modelItem(project: Project): vscode.TreeItem {
    const item = new vscode.TreeItem('Model');
    const path = modelParams(project).model ?? project.config?.model ?? 'none chosen';
    item.description = this.#model.isUp ? `${path}, loaded` : path;
    item.tooltip = `${path}\n${this.#model.isUp ? 'The model’s process is up.' : 'It is loaded when it is first needed.'}`;
    item.iconPath = new vscode.ThemeIcon('package');
    item.contextValue = 'model';
    // A click on a row asks no command's enablement.
    if (vscode.workspace.isTrusted) {
      item.command = {
        title: 'Select Model',
        command: 'alphasteer.selectModel',
        arguments: [vscode.Uri.file(project.root)],
      };
    }
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function runItem(run: Run): vscode.TreeItem {
  const { fit, compared, folder } = run;
  const item = new vscode.TreeItem(runName(run));
  item.id = folder;
  item.contextValue = fit === undefined ? 'run-unfinished' : compared ? 'run-compared' : 'run-fitted';
  item.iconPath = new vscode.ThemeIcon(fit === undefined ? 'circle-outline' : compared ? 'graph' : 'beaker');
  item.description = fit === undefined ? 'unfinished' : `strength ${fit.strength}${compared ? '' : ', not compared'}`;
  const lines = [runName(run), folder];
  if (fit === undefined) {
    item.tooltip = [...lines, 'The fit has not ended; Fit AlphaSteer goes on with it.'].join('\n');
    return item;
  }
  item.tooltip = [
    ...lines,
    `${fit.dtype} on ${fit.device}, layers ${fit.layers.join(', ')}, strength ${fit.strength}`,
    originWords(fit),
    ...fit.warnings,
  ].join('\n');
  item.command = {
    title: 'Open Report',
    command: compared ? 'alphasteer.openRefusalReport' : 'alphasteer.openSteeringNorms',
    arguments: [folder],
  };
  return item;
}

/** The run that a command of the view's menu was called on. */
export function runOfNode(node: unknown): Run | undefined {
  return typeof node === 'object' && node !== null && 'run' in node ? (node as { run: Run }).run : undefined;
}

function originWords(fit: RunFit): string {
  if (fit.kind === 'imported') return `Imported from ${fit.file}`;
  const { benign, malicious, refused, answered } = fit.counts;
  return `Fitted on ${count(benign, 'benign prompt')} and ${malicious} malicious ones (${refused} refused, ${answered} answered)`;
}
