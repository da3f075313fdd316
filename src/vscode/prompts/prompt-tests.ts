import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { CancelledError } from '../../core/cancelled.ts';
import { questionKey, type Prompt } from '../../core/prompts/prompt.ts';
import { isPromptFile, parsePromptFile } from '../../core/prompts/read/parse-prompt-file.ts';
import { chatText } from '../../core/report/chat-text.ts';
import type { AskResult } from '../../rpc/worker-api.ts';
import { expectation, isAsExpected } from '../../core/evaluation/replies/expectation.ts';
import type { VerdictMemory } from '../runs/last-verdicts.ts';
import type { ModelProcess } from '../model/model-process.ts';
import type { Projects } from '../project/project.ts';
import type { Project } from '../project/read-project.ts';
import { promptFileGlob } from '../project/prompt-file-glob.ts';
import { mayBegin } from '../model/run-job.ts';
import type { Runs } from '../runs/runs.ts';
import { modelParams } from '../project/settings.ts';

const jobTitle = 'Test Prompts';
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
  /** Files whose prompts were asked for; they are read again when they change. */
  readonly #listed = new WeakSet<vscode.TestItem>();
  readonly #projects: Projects;
  readonly #runs: Runs;
  readonly #verdicts: VerdictMemory;
  readonly #model: ModelProcess;
  readonly #subscriptions: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;

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
    // Not only what is saved here: a prompt file comes and changes by git, by a script, by a move in the Explorer.
    const watcher = vscode.workspace.createFileSystemWatcher(promptFileGlob);
    const moved = (uri: vscode.Uri): void => {
      if (projects.useOf(uri) !== undefined) this.#findFilesSoon();
    };
    this.#subscriptions = vscode.Disposable.from(
      this.#controller,
      watcher,
      watcher.onDidCreate(moved),
      watcher.onDidDelete(moved),
      watcher.onDidChange((uri) => void this.#readAgain(this.#controller.items.get(uri.toString()))),
      projects.onDidChange(() => void this.#findFiles()),
    );
  }

  /** A checkout moves many files, which are looked for together. */
  #findFilesSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#findFiles();
    }, 300);
  }

  /** The prompt files there are now; what is listed of them is read again. */
  async #findFiles(): Promise<void> {
    const found = await vscode.workspace.findFiles(promptFileGlob, '**/{node_modules,.git,.alphasteer}/**');
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
    await Promise.all(items.map((item) => this.#readAgain(item)));
  }

  async #readAgain(file: vscode.TestItem | undefined): Promise<void> {
    if (file !== undefined && this.#listed.has(file)) await this.#findPrompts(file);
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
    this.#listed.add(file);
    const bytes = await vscode.workspace.fs.readFile(uri).then(undefined, () => undefined);
    file.error = bytes === undefined ? 'The file cannot be read: it was moved or removed.' : undefined;
    const text = new TextDecoder().decode(bytes);
    const { prompts } = parsePromptFile(use.path, text, use.options);
    const sizes = prompts.length > mostInOneList ? sectionSizes : [];
    file.children.replace(this.#list({ uri, project: use.project, prompts, first: 1, sizes }));
  }

  /** The prompts themselves, or sections of them. */
  #list({ uri, project, prompts, first, sizes: [size, ...sizes] }: Section): vscode.TestItem[] {
    if (size === undefined) {
      const seen = new Map<string, number>();
      return prompts.map((prompt) => {
        const id = testId(prompt);
        const copies = seen.get(id) ?? 0;
        seen.set(id, copies + 1);
        return this.#promptItem(copies === 0 ? id : `${id}-${copies + 1}`, uri, project, prompt);
      });
    }
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

  #promptItem(id: string, uri: vscode.Uri, project: Project, prompt: Prompt): vscode.TestItem {
    const item = this.#controller.createTestItem(id, firstLine(prompt.text), uri);
    item.description = prompt.attack ?? prompt.label;
    item.range = new vscode.Range(prompt.line - 1, prompt.column - 1, prompt.line - 1, prompt.column - 1);
    this.#prompts.set(item, { project, prompt });
    return item;
  }

  async #run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const run = this.#controller.createTestRun(request);
    const end = new AbortController();
    // A question that nobody answers and a job of an hour hold up no run that was cancelled.
    const over = new Promise<false>((resolve) => end.signal.addEventListener('abort', () => resolve(false)));
    const subscriptions = [token.onCancellationRequested(() => end.abort())];
    try {
      if (!(await Promise.race([mayBegin(this.#model), over]))) return;
      // Stop is for all of them, also between two, where no job runs.
      subscriptions.push(
        this.#model.onDidStop((title) => {
          if (title === undefined || title === jobTitle) end.abort();
        }),
      );
      const items = await this.#wanted(request);
      items.forEach((item) => run.enqueued(item));
      for (const item of items) {
        // Between two prompts another job may have begun: the next prompt waits for its end.
        while (this.#model.job !== undefined && !end.signal.aborted) await Promise.race([this.#model.ended, over]);
        if (end.signal.aborted) break;
        await this.#test(run, item, token);
      }
    } finally {
      vscode.Disposable.from(...subscriptions).dispose();
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

  async #test(run: vscode.TestRun, item: vscode.TestItem, token: vscode.CancellationToken): Promise<void> {
    const { project, prompt } = this.#prompts.get(item)!;
    const fitted = this.#runs.newest(project);
    run.started(item);
    if (fitted === undefined) {
      run.errored(item, new vscode.TestMessage('There is no fitted run yet: run "AlphaSteer: Fit AlphaSteer" first.'));
      return;
    }
    const begun = performance.now();
    // Only while the model works for this run: what else it works for is not this run's to stop.
    const stopping = token.onCancellationRequested(() => void this.#model.stop());
    try {
      const params = { ...modelParams(project), question: prompt, run: fitted.folder };
      const asked = await this.#model.run('ask', jobTitle, params, {}).finally(() => void stopping.dispose());
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
    clearTimeout(this.#timer);
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

/**
 * A test by what is asked and what should come of it. The editor keeps results by it: a prompt that moves keeps its own, and
 * one that is changed has none. A row's `id` would not do: where it is the line, a new row above gives each prompt the
 * result of its neighbour.
 */
function testId(prompt: Prompt): string {
  return createHash('sha1')
    .update(`${prompt.label} ${questionKey(prompt)}`)
    .digest('hex');
}

/** The first line; the editor would draw `$(whoami)` as an icon, one that it mostly does not have. */
function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0]!;
  const short = line.length > 120 ? `${line.slice(0, 119)}…` : line;
  return short.replace(/\$\([a-z0-9-]+(~[a-z]+)?\)/gi, '\\$&');
}
