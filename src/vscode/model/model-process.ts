import * as vscode from 'vscode';
import { CancelledError } from '../../core/cancelled.ts';
import { describeProblem, HumanError, type Problem } from '../../core/problem.ts';
import type { Progress, StreamedText, WorkerApi } from '../../rpc/worker-api.ts';
import type { WorkerClient, WorkerOptions } from '../../client/worker-client.ts';

/** What runs in the model's process now. */
export interface RunningJob {
  readonly call: keyof WorkerApi;
  /** For people: `Fit`, `Test Prompt`. */
  readonly title: string;
  readonly progress: Progress | undefined;
}

/** Who hears what a job says. */
export interface JobListener {
  progress?(progress: Progress): void;
  text?(text: StreamedText): void;
  problem?(problem: Problem): void;
}

export type JobParams<K extends keyof WorkerApi> = Parameters<WorkerApi[K]>[0];
export type JobResult<K extends keyof WorkerApi> = Awaited<ReturnType<WorkerApi[K]>>;

/**
 * The model's process as the editor sees it. It starts with the first job and keeps the model loaded for the next one;
 * one job runs at a time, and what runs can be seen and stopped from anywhere.
 */
export class ModelProcess implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** A job has begun, gone on or ended. */
  readonly onDidChange = this.#changed.event;
  readonly #stopped = new vscode.EventEmitter<string | undefined>();
  /** The job of this title is to stop; undefined where none runs just now: who runs one after the other stops as well. */
  readonly onDidStop = this.#stopped.event;
  readonly #options: WorkerOptions;
  #client: Promise<WorkerClient> | undefined;
  #pid: () => number | undefined = () => undefined;
  #running:
    { job: RunningJob; listener: JobListener; controller: AbortController; ended: Promise<unknown> } | undefined;

  constructor(module: string, log: vscode.LogOutputChannel) {
    this.#options = {
      module,
      // A debugged extension host would hand its --inspect port down.
      execArgv: [],
      listener: {
        progress: (progress) => {
          if (this.#running === undefined) return;
          this.#running.job = { ...this.#running.job, progress };
          this.#running.listener.progress?.(progress);
          this.#changed.fire();
        },
        text: (text) => this.#running?.listener.text?.(text),
        problem: (problem) => {
          log[problem.severity === 'error' ? 'error' : 'warn'](describeProblem(problem));
          this.#running?.listener.problem?.(problem);
        },
        log: (line) => log.debug(line),
      },
    };
  }

  get job(): RunningJob | undefined {
    return this.#running?.job;
  }

  /** Whether the process is up. After an error it tells a crash of the process from a refusal. */
  get isUp(): boolean {
    return this.#pid() !== undefined;
  }

  /** Resolves when what runs now has ended, well or not; at once where nothing does. */
  get ended(): Promise<unknown> {
    return this.#running?.ended ?? Promise.resolve();
  }

  /**
   * Runs one job. The caller sees to it that none runs.
   * @throws {HumanError} what was wrong, the end of the process included, or that another job has come first
   * @throws {CancelledError} it was stopped
   */
  async run<K extends keyof WorkerApi>(
    call: K,
    title: string,
    params: JobParams<K>,
    listener: JobListener,
  ): Promise<JobResult<K>> {
    if (this.#running !== undefined) {
      const fix = 'Wait for its end, or stop it.';
      throw new HumanError({ message: `AlphaSteer is busy: ${this.#running.job.title}.`, fix });
    }
    const controller = new AbortController();
    const result = this.#connect().then((client) => client.call(call, params, controller.signal));
    const running = {
      job: { call, title, progress: undefined },
      listener,
      controller,
      ended: result.catch(() => undefined),
    };
    this.#running = running;
    this.#changed.fire();
    try {
      return await result;
    } finally {
      if (this.#running === running) this.#running = undefined;
      this.#changed.fire();
    }
  }

  /**
   * Stops what runs, keeping what is finished; resolves when it has ended.
   * @param title stops nothing else
   */
  async stop(title?: string): Promise<void> {
    const running = this.#running;
    if (title !== undefined && running?.job.title !== title) return;
    this.#stopped.fire(running?.job.title);
    if (running === undefined) return;
    running.controller.abort(new CancelledError());
    await running.ended;
    if (this.#running === running) this.#running = undefined;
  }

  /** The client's code is read with the first job, not when the editor starts. */
  #connect(): Promise<WorkerClient> {
    this.#client ??= import('../../client/worker-client.ts').then(({ createWorkerClient }) => {
      const client = createWorkerClient(this.#options);
      this.#pid = client.pid;
      return client;
    });
    return this.#client;
  }

  dispose(): void {
    void this.#client?.then((client) => client.dispose());
    this.#changed.dispose();
    this.#stopped.dispose();
  }
}
