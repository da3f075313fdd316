import * as vscode from 'vscode';
import type { Projects } from './project/project.ts';
import type { Runs } from './runs/runs.ts';

/** Steps of the walkthrough, as package.json names them. */
export type WalkthroughStep = 'folder' | 'model' | 'fit' | 'test' | 'report';

/**
 * Ticks off the walkthrough's steps by what there is, however it came about. Its `onContext` events can't: VS Code takes an
 * expression that already holds when it registers the walkthrough, seconds after the start, for an event that has passed, and
 * never ticks the step; and it hears `onCommand` only of commands that its own window runs, not of a notification's button.
 */
export class WalkthroughSteps implements vscode.Disposable {
  readonly #extension: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #done = new Set<WalkthroughStep>();
  readonly #subscriptions: vscode.Disposable;

  constructor(extension: string, projects: Projects, runs: Runs, log: vscode.LogOutputChannel) {
    this.#extension = extension;
    this.#log = log;
    this.#subscriptions = vscode.Disposable.from(
      projects.onDidChange(() => {
        if (projects.all.length > 0) this.tick('folder');
      }),
      runs.onDidChange(() => {
        if (projects.all.every((project) => runs.newest(project) === undefined)) return;
        this.tick('model');
        this.tick('fit');
      }),
    );
  }

  tick(step: WalkthroughStep): void {
    if (this.#done.has(step)) return;
    this.#done.add(step);
    const id = `${this.#extension}#start#${step}`;
    void vscode.commands
      .executeCommand('welcome.markStepComplete', id)
      // It keeps the mark, and says that there is no such step, while the walkthrough is not registered yet.
      .then(undefined, (error: unknown) => this.#log.debug(`Walkthrough step ${step}: ${String(error)}`));
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
