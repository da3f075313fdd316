/**
 * The front's end of the worker: starts the process on first use, turns calls into requests, and lets every request
 * settle: result, error for people, cancellation, or the worker's death. The worker is a process and not a thread,
 * because `session.run` blocks its thread and a native fault in a thread takes the whole host down
 * (microsoft/vscode#113443, onnxruntime#20084).
 */
import { fork, type ChildProcess } from 'node:child_process';
import {
  CancellationTokenSource,
  createMessageConnection,
  ResponseError,
  type MessageConnection,
} from 'vscode-jsonrpc';
import { IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { CancelledError } from '../core/cancelled.ts';
import { HumanError, type Problem } from '../core/problem.ts';
import {
  humanErrorCode,
  notifications,
  requests,
  type Progress,
  type StreamedText,
  type WorkerApi,
} from '../rpc/worker-api.ts';
import { modelProcessEnv } from './model-process-env.ts';

/** What the worker says while it works. */
export interface WorkerListener {
  progress?(progress: Progress): void;
  problem?(problem: Problem): void;
  text?(text: StreamedText): void;
  log?(line: string): void;
}

export interface WorkerOptions {
  /** The bundled worker module. */
  readonly module: string;
  readonly listener: WorkerListener;
  readonly env?: Record<string, string>;
  readonly execArgv?: readonly string[];
  /** Milliseconds a cancel may take before the worker is killed; 15,000 unless told: a big prefill ends first. */
  readonly cancelGrace?: number;
  /** Milliseconds without a heartbeat after which the worker counts as hung; 300,000 unless told. */
  readonly silence?: number;
}

type Call = <K extends keyof WorkerApi>(
  name: K,
  params: Parameters<WorkerApi[K]>[0],
  signal?: AbortSignal,
) => Promise<Awaited<ReturnType<WorkerApi[K]>>>;

/** One worker, started when first called and again after a crash. Calls run one after the other. */
export interface WorkerClient {
  readonly call: Call;
  /** The process id while one runs. */
  readonly pid: () => number | undefined;
  readonly dispose: () => void;
}

interface Running {
  readonly child: ChildProcess;
  readonly connection: MessageConnection;
  /** Rejects when the process ends, with what a person can do. Never resolves. */
  readonly death: Promise<never>;
  lastSign: number;
}

const lastLines = 8;

/**
 * Megabytes of a half of V8's young generation, 16 unless told: 38 MB less at the peak of a fit, of any size, and in no more
 * processor time. It cannot be set once the process runs, as the other flag is (main.ts).
 */
const youngHeap = '--max-semi-space-size=4';
/** Lets a job collect its garbage where it knows of much, before it asks for more memory. */
const collectable = '--expose-gc';

export function createWorkerClient(options: WorkerOptions): WorkerClient {
  let running: Running | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const ended = (child: ChildProcess): void => {
    if (running?.child === child) running = undefined;
  };
  return {
    call: (name, params, signal) => {
      const result = queue.then(() => {
        if (signal?.aborted) throw new CancelledError();
        return ask((running ??= start(options, ended)), options, name, params, signal);
      });
      queue = result.catch(() => undefined);
      return result;
    },
    pid: () => running?.child.pid,
    dispose: () => {
      running?.child.kill();
      running = undefined;
    },
  };
}

/** @param ended told when the process has ended, before its requests are */
function start(options: WorkerOptions, ended: (child: ChildProcess) => void): Running {
  const child = fork(options.module, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: modelProcessEnv(options.env),
    execArgv: [...(options.execArgv ?? process.execArgv), youngHeap, collectable],
  });
  const log: string[] = [];
  const keep = (line: string): void => {
    log.push(line);
    if (log.length > lastLines) log.shift();
    options.listener.log?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => text.trimEnd().split('\n').forEach(keep));
  }
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  const death = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(workerDied(`could not be started: ${error.message}`, log)));
    child.once('exit', (code, signal) => {
      ended(child);
      reject(workerDied(signal ? `was ended by ${signal}` : `ended with status ${code ?? 'unknown'}`, log));
      connection.dispose();
    });
  });
  death.catch(() => undefined);
  const self: Running = { child, connection, death, lastSign: Date.now() };
  connection.onNotification(notifications.heartbeat, () => void (self.lastSign = Date.now()));
  connection.onNotification(notifications.progress, (progress) => options.listener.progress?.(progress));
  connection.onNotification(notifications.problem, (problem) => options.listener.problem?.(problem));
  connection.onNotification(notifications.text, (text) => options.listener.text?.(text));
  connection.onNotification(notifications.log, keep);
  connection.onError(([error]) => keep(error.message));
  connection.listen();
  return self;
}

/** One request. A worker that neither ends it when cancelled nor gives a sign of life is killed. */
async function ask<K extends keyof WorkerApi>(
  worker: Running,
  { cancelGrace = 15_000, silence = 300_000 }: WorkerOptions,
  name: K,
  params: Parameters<WorkerApi[K]>[0],
  signal: AbortSignal | undefined,
): Promise<Awaited<ReturnType<WorkerApi[K]>>> {
  const source = new CancellationTokenSource();
  let killTimer: NodeJS.Timeout | undefined;
  const kills: NodeJS.Signals[] = [];
  const kill = (): void => {
    kills.push('SIGKILL');
    worker.child.kill('SIGKILL');
  };
  const cancel = (): void => {
    source.cancel();
    killTimer = setTimeout(kill, cancelGrace);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  worker.lastSign = Date.now();
  const watch = setInterval(
    () => {
      if (Date.now() - worker.lastSign > silence) kill();
    },
    Math.min(silence, 1_000),
  );
  try {
    // The request's type is looked up by name: its parameter and result belong together by the `satisfies` of `requests`.
    const request = worker.connection.sendRequest(requests[name] as never, params, source.token);
    request.catch(() => undefined);
    return await Promise.race([request as Promise<Awaited<ReturnType<WorkerApi[K]>>>, worker.death]);
  } catch (error) {
    if (signal?.aborted) throw new CancelledError();
    if (kills.length > 0) throw workerHung(silence);
    throw revive(error);
  } finally {
    clearInterval(watch);
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', cancel);
    source.dispose();
  }
}

function revive(error: unknown): unknown {
  return error instanceof ResponseError && error.code === humanErrorCode
    ? new HumanError(error.data as Problem)
    : error;
}

function workerDied(how: string, log: readonly string[]): HumanError {
  return new HumanError({
    message: `The model's process ${how}.${log.length ? ` It last said: ${log.join(' | ')}` : ''}`,
    fix: 'Run the command again: it goes on where it stopped, and no finished reply is lost. If it ends again, try a smaller model or dtype; Doctor says what this machine can run.',
  });
}

function workerHung(silence: number): HumanError {
  return new HumanError({
    message: `The model's process gave no sign of life for ${silence / 1000} s and was ended.`,
    fix: 'Run the command again: it goes on where it stopped. If it hangs again, try another device (`--device cpu`) or fewer threads.',
  });
}
