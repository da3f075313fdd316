import * as vscode from 'vscode';
import { CancelledError } from '../core/cancelled.ts';
import type { Prompt } from '../core/prompts/prompt.ts';
import { isPromptFile, parsePromptFile } from '../core/prompts/parse-prompt-file.ts';
import { chatText } from '../core/report/chat-text.ts';
import type { AskResult } from '../rpc/worker-api.ts';
import { expectation, isAsExpected } from '../core/report/expectation.ts';
import type { VerdictMemory } from './last-verdicts.ts';
import type { ModelProcess } from './model-process.ts';
import type { Projects } from './project.ts';
import type { Project } from './read-project.ts';
import { mayBegin } from './run-job.ts';
import type { Runs } from './runs.ts';
import { workspaceParams } from './settings.ts';

/** Prompts up to which a file lists them all. */
const mostInOneList = 1_000;
/**
 * A longer file lists sections, and a section parts. The editor asks for the tests of a file that is shown, to mark its
 * lines, two levels deep: 50,000 tests keep it busy for 4 s. Sections and parts have no place, so it asks no further.
 */
const sectionSizes = [10_000, 500] as const;

/**
 * The Test Explorer's view of prompts: a file is a suite, a prompt a test. The steered reply to a malicious prompt
 * should be a refusal, that to another one an answer; a failure shows the reply.
 */
export class PromptTests implements vscode.Disposable {
  readonly #controller = vscode.tests.createTestController('alphasteer', 'AlphaSteer');
  readonly #prompts = new WeakMap<vscode.TestItem, { readonly project: Project; readonly prompt: Prompt }>();
  readonly #sections = new WeakMap<vscode.TestItem, Section>();
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
    this.#controller.resolveHandler = (item) => (item === undefined ? this.#findFiles() : this.#resolve(item));
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
        const { part, project } = use;
        item.description = this.#projects.all.length > 1 ? `${project.name}, ${part}` : part;
        item.canResolveChildren = true;
        return [item];
      });
    this.#controller.items.replace(items.sort((a, b) => (a.label < b.label ? -1 : 1)));
  }

  async #resolve(item: vscode.TestItem): Promise<void> {
    const section = this.#sections.get(item);
    if (section === undefined) await this.#findPrompts(item);
    else item.children.replace(this.#list(section));
  }

  async #findPrompts(file: vscode.TestItem): Promise<void> {
    const uri = file.uri!;
    const use = this.#projects.useOf(uri);
    if (use === undefined) return;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    const { prompts } = parsePromptFile(use.path, text, use.options);
    const sizes = prompts.length > mostInOneList ? sectionSizes : [];
    file.children.replace(this.#list({ uri, project: use.project, prompts, first: 1, sizes }));
  }

  /** The prompts themselves, or sections of them. */
  #list({ uri, project, prompts, first, sizes: [size, ...sizes] }: Section): vscode.TestItem[] {
    if (size === undefined) return prompts.map((prompt) => this.#promptItem(uri, project, prompt));
    return Array.from({ length: Math.ceil(prompts.length / size) }, (_, i) => {
      const from = first + i * size;
      const part = prompts.slice(i * size, (i + 1) * size);
      const label = `${from} to ${from + part.length - 1}`;
      const item = this.#controller.createTestItem(label, label);
      item.sortText = String(from).padStart(9, '0');
      item.canResolveChildren = true;
      this.#sections.set(item, { uri, project, prompts: part, first: from, sizes });
      return item;
    });
  }

  #promptItem(uri: vscode.Uri, project: Project, prompt: Prompt): vscode.TestItem {
    const item = this.#controller.createTestItem(prompt.id, firstLine(prompt.text), uri);
    item.description = prompt.attack ?? prompt.label;
    item.range = new vscode.Range(prompt.line - 1, prompt.column - 1, prompt.line - 1, prompt.column - 1);
    this.#prompts.set(item, { project, prompt });
    return item;
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
    const named = include ?? [...this.#controller.items].map(([, file]) => file);
    const left = new Set(exclude);
    const leaves = async (items: readonly vscode.TestItem[]): Promise<vscode.TestItem[]> => {
      const found: vscode.TestItem[] = [];
      for (const item of items) {
        if (left.has(item)) continue;
        if (item.canResolveChildren && item.children.size === 0) await this.#resolve(item);
        found.push(...(item.canResolveChildren ? await leaves([...item.children].map(([, child]) => child)) : [item]));
      }
      return found;
    };
    return leaves(named);
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
      const params = { ...workspaceParams(project), question: prompt, run: fitted.folder };
      const asked = await this.#model.run('ask', 'Test Prompts', params, {});
      this.#verdicts.record(project, prompt, asked);
      const result = await this.#verdicts.judged(project, prompt, asked);
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

/** Prompts of one file, from the one that is its `first`th on, and the sizes of the sections they are listed in. */
interface Section {
  readonly uri: vscode.Uri;
  readonly project: Project;
  readonly prompts: readonly Prompt[];
  readonly first: number;
  readonly sizes: readonly number[];
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
    `> ${chatText([...(prompt.earlier ?? []), { role: 'user', content: prompt.text }])}`,
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
