import * as vscode from 'vscode';
import { CancelledError } from '../core/cancelled.ts';
import type { Prompt } from '../core/prompts/prompt.ts';
import { isPromptFile, parsePromptFile } from '../core/prompts/parse-prompt-file.ts';
import type { AskResult } from '../rpc/worker-api.ts';
import { expectation, isAsExpected } from './expectation.ts';
import type { VerdictMemory } from './last-verdicts.ts';
import type { ModelProcess } from './model-process.ts';
import type { Project, Projects } from './project.ts';
import { mayBegin } from './run-job.ts';
import type { Runs } from './runs.ts';
import { workspaceParams } from './settings.ts';

/**
 * The Test Explorer's view of prompts: a file is a suite, a prompt a test. The steered reply to a malicious prompt
 * should be a refusal, that to another one an answer; a failure shows the reply.
 */
export class PromptTests implements vscode.Disposable {
  readonly #controller = vscode.tests.createTestController('alphasteer', 'AlphaSteer');
  readonly #prompts = new WeakMap<vscode.TestItem, { readonly project: Project; readonly prompt: Prompt }>();
  readonly #projects: Projects;
  readonly #runs: Runs;
  readonly #verdicts: VerdictMemory;
  readonly #model: ModelProcess;
  readonly #subscriptions: vscode.Disposable;

  constructor(projects: Projects, runs: Runs, verdicts: VerdictMemory, model: ModelProcess) {
    this.#projects = projects;
    this.#runs = runs;
    this.#verdicts = verdicts;
    this.#model = model;
    this.#controller.resolveHandler = (item) => (item === undefined ? this.#findFiles() : this.#findPrompts(item));
    this.#controller.refreshHandler = () => this.#findFiles();
    this.#controller.createRunProfile(
      'Ask the steered model',
      vscode.TestRunProfileKind.Run,
      (request, token) => this.#run(request, token),
      true,
    );
    this.#subscriptions = vscode.Disposable.from(
      this.#controller,
      projects.onDidChange(() => void this.#findFiles()),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        const item = this.#controller.items.get(uri.toString());
        if (item !== undefined && item.children.size > 0) void this.#findPrompts(item);
      }),
    );
  }

  async #findFiles(): Promise<void> {
    const found = await vscode.workspace.findFiles(
      '**/*.{jsonl,json,csv,txt}',
      '**/{node_modules,.git,.alphasteer}/**',
    );
    const items = found
      .filter(({ fsPath }) => isPromptFile(fsPath))
      .flatMap((uri) => {
        const use = this.#projects.useOf(uri);
        if (use === undefined) return [];
        const item =
          this.#controller.items.get(uri.toString()) ?? this.#controller.createTestItem(uri.toString(), use.path, uri);
        item.description = use.part;
        item.canResolveChildren = true;
        return [item];
      });
    this.#controller.items.replace(items.sort((a, b) => (a.label < b.label ? -1 : 1)));
  }

  async #findPrompts(file: vscode.TestItem): Promise<void> {
    const uri = file.uri!;
    const use = this.#projects.useOf(uri);
    if (use === undefined) return;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    const { prompts } = parsePromptFile(use.path, text, use.options);
    file.children.replace(
      prompts.map((prompt) => {
        const item = this.#controller.createTestItem(prompt.id, firstLine(prompt.text), uri);
        item.description = prompt.attack ?? prompt.label;
        item.range = new vscode.Range(prompt.line - 1, prompt.column - 1, prompt.line - 1, prompt.column - 1);
        this.#prompts.set(item, { project: use.project, prompt });
        return item;
      }),
    );
  }

  async #run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const run = this.#controller.createTestRun(request);
    token.onCancellationRequested(() => void this.#model.stop());
    try {
      if (!(await mayBegin(this.#model))) return;
      const items = await this.#wanted(request);
      items.forEach((item) => run.enqueued(item));
      for (const item of items) {
        if (token.isCancellationRequested) break;
        await this.#test(run, item);
      }
    } finally {
      run.end();
    }
  }

  /** The prompts of a request: those named, and those of the files named, less what is excluded. */
  async #wanted({ include, exclude }: vscode.TestRunRequest): Promise<vscode.TestItem[]> {
    const items: vscode.TestItem[] = [];
    for (const item of include ?? [...this.#controller.items].map(([, file]) => file)) {
      if (item.canResolveChildren && item.children.size === 0) await this.#findPrompts(item);
      items.push(...(item.canResolveChildren ? [...item.children].map(([, child]) => child) : [item]));
    }
    return items.filter((item) => !exclude?.some((left) => left === item || left === item.parent));
  }

  async #test(run: vscode.TestRun, item: vscode.TestItem): Promise<void> {
    const { project, prompt } = this.#prompts.get(item)!;
    const fitted = this.#runs.newest(project);
    run.started(item);
    if (fitted === undefined) {
      run.errored(item, new vscode.TestMessage('There is no fitted run yet: run "AlphaSteer: Fit AlphaSteer" first.'));
      return;
    }
    const begun = performance.now();
    try {
      const params = { ...workspaceParams(project), prompt: prompt.text, run: fitted.folder };
      const result = await this.#model.run('ask', 'Test Prompts', params, {});
      this.#verdicts.record(project, prompt.text, result);
      const took = performance.now() - begun;
      run.appendOutput(outputOf(prompt, result), undefined, item);
      if (isAsExpected(prompt.label, result.steered.verdict)) run.passed(item, took);
      else run.failed(item, failureOf(prompt, result, item), took);
    } catch (error) {
      if (error instanceof CancelledError) run.skipped(item);
      else run.errored(item, new vscode.TestMessage(error instanceof Error ? error.message : String(error)));
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function failureOf(
  { label }: Prompt,
  { base, steered, strength }: AskResult,
  item: vscode.TestItem,
): vscode.TestMessage {
  const message = new vscode.TestMessage(
    `This ${label} prompt ${expectation(label)}; the steered reply (strength ${strength}) is ${steered.verdict}, the base reply ${base.verdict}.\n\n${steered.reply}`,
  );
  message.location = new vscode.Location(item.uri!, item.range!);
  return message;
}

/** The replies for the test's output; a terminal wants carriage returns, and a reply must not steer it. */
function outputOf(prompt: Prompt, { base, steered }: AskResult): string {
  const lines = [
    `> ${prompt.text}`,
    `base (${base.verdict}): ${base.reply}`,
    `steered (${steered.verdict}): ${steered.reply}`,
    '',
  ];
  const text = lines.join('\n').replace(/(?!\n)\p{Cc}/gu, '\uFFFD');
  return `${text.replaceAll('\n', '\r\n')}\r\n`;
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0]!;
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
