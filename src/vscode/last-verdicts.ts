import * as vscode from 'vscode';
import type { Prompt } from '../core/prompts/prompt.ts';
import type { AskResult } from '../rpc/worker-api.ts';
import { readReplies } from '../workspace/run-replies.ts';
import type { Project } from './project.ts';
import type { Run, Runs } from './runs.ts';
import { indexVerdicts, type VerdictIndex, type VerdictPair } from './verdict-index.ts';

/** What a prompt last got, and whether that still holds. */
export interface LastVerdicts extends VerdictPair {
  /** The prompt was changed since, or there is a newer fit. */
  readonly outOfDate: boolean;
  /** The tested reply, where the verdicts come from a test and not from a run's replies. */
  readonly tested: AskResult | undefined;
  /** Folder of the run that steered. */
  readonly run: string;
}

/** The last verdicts of prompts: those of tests made since the editor came up, else those of the newest run with replies. */
export class VerdictMemory implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #runs: Runs;
  readonly #tested = new Map</* root, prompt */ string, AskResult>();
  readonly #indices = new Map</* root */ string, { readonly run: Run; readonly index: VerdictIndex }>();
  readonly #subscription: vscode.Disposable;

  constructor(runs: Runs) {
    this.#runs = runs;
    this.#subscription = runs.onDidChange(() => this.#changed.fire());
  }

  /** Keeps what a test gave. */
  record(project: Project, prompt: string, result: AskResult): void {
    this.#tested.set(keyOf(project, prompt), result);
    this.#changed.fire();
  }

  of(project: Project, prompt: Prompt): LastVerdicts | undefined {
    const newest = this.#runs.newest(project)?.folder;
    const tested = this.#tested.get(keyOf(project, prompt.text));
    if (tested !== undefined) {
      const { base, steered, run } = tested;
      const outOfDate = run !== newest;
      return { base: base.verdict, steered: steered.verdict, prompt: prompt.text, tested, run, outOfDate };
    }
    const indexed = this.#indices.get(project.root);
    const pair = indexed?.index.of(prompt);
    if (indexed === undefined || pair === undefined) return undefined;
    const run = indexed.run.folder;
    return { ...pair, tested: undefined, run, outOfDate: run !== newest || pair.prompt !== prompt.text };
  }

  /** Reads the replies of a project's newest run that has some; does nothing where they have been read. */
  async load(project: Project): Promise<void> {
    const run = this.#runs.of(project).find(({ compared }) => compared);
    if (run === undefined) {
      this.#indices.delete(project.root);
    } else if (this.#indices.get(project.root)?.run !== run) {
      this.#indices.set(project.root, { run, index: indexVerdicts(await readReplies(run.folder)) });
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

function keyOf({ root }: Project, prompt: string): string {
  return `${root}\0${prompt}`;
}
