import * as vscode from 'vscode';
import { questionKey, type Prompt, type Question } from '../../core/prompts/prompt.ts';
import type { AskedReply, AskResult } from '../../rpc/worker-api.ts';
import type { Project } from '../project/read-project.ts';
import type { Run } from './read-runs.ts';
import type { Runs } from './runs.ts';
import type { RunVerdicts } from './read-verdicts.ts';
import type { VerdictPair } from './verdict-index.ts';

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
  readonly #tested = new Map</* root, question */ string, AskResult>();
  readonly #judged = new Map</* root */ string, RunVerdicts>();
  readonly #log: vscode.LogOutputChannel;
  readonly #subscription: vscode.Disposable;

  constructor(runs: Runs, log: vscode.LogOutputChannel) {
    this.#runs = runs;
    this.#log = log;
    this.#subscription = runs.onDidChange(() => this.#changed.fire());
  }

  /** Keeps what a test gave. */
  record(project: Project, prompt: Question, result: AskResult): void {
    this.#tested.set(keyOf(project, prompt), result);
    this.#changed.fire();
  }

  of(project: Project, prompt: Prompt): LastVerdicts | undefined {
    const newest = this.#runs.newest(project)?.folder;
    const tested = this.#tested.get(keyOf(project, prompt));
    if (tested !== undefined) {
      const { base, steered, run } = this.#asJudged(project, prompt, tested);
      const outOfDate = run !== newest;
      return { base: base.verdict, steered: steered.verdict, question: questionKey(prompt), tested, run, outOfDate };
    }
    const indexed = this.#judged.get(project.root);
    const pair = indexed?.index.of(prompt);
    if (indexed === undefined || pair === undefined) return undefined;
    const run = indexed.run.folder;
    return { ...pair, tested: undefined, run, outOfDate: run !== newest || pair.question !== questionKey(prompt) };
  }

  /** What a test gave, with people's verdicts on these very replies in place of the rules'. */
  async judged(project: Project, prompt: Prompt, result: AskResult): Promise<AskResult> {
    await this.load(project);
    return this.#asJudged(project, prompt, result);
  }

  #asJudged({ root }: Project, { id }: Prompt, result: AskResult): AskResult {
    const verdictOf = this.#judged.get(root)?.personsVerdict;
    const judged = (reply: AskedReply): AskedReply => {
      const verdict = verdictOf?.({ id, reply: reply.reply });
      return verdict === undefined ? reply : { ...reply, verdict };
    };
    return { ...result, base: judged(result.base), steered: judged(result.steered) };
  }

  /** Reads the replies of a project's newest run that has some, and what people said of them; does nothing where they have been read. */
  async load(project: Project): Promise<void> {
    const run = this.#runs.of(project).find(({ compared }) => compared);
    if (run === undefined) {
      this.#judged.delete(project.root);
    } else if (!isSame(this.#judged.get(project.root)?.run, run)) {
      const { readVerdicts } = await import('./read-verdicts.ts');
      this.#judged.set(project.root, await readVerdicts(run, this.#log));
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

/** Runs are listed with every test, and 20,000 replies take half a second to read. */
function isSame(known: Run | undefined, run: Run): boolean {
  return known?.folder === run.folder && known.stamp === run.stamp;
}

function keyOf({ root }: Project, prompt: Question): string {
  return `${root}\0${questionKey(prompt)}`;
}
