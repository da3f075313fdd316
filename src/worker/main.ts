/** The model's process: answers the requests of `WorkerApi`, one at a time, and dies with its parent. */
import { setFlagsFromString } from 'node:v8';
import { createMessageConnection, ResponseError, type CancellationToken } from 'vscode-jsonrpc';
import { IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { CancelledError } from '../core/cancelled.ts';
import { HumanError } from '../core/problem.ts';
import { humanErrorCode, notifications, requests, type WorkerApi } from '../rpc/worker-api.ts';
import { keepHalvesAsBits } from './session/float16.ts';
import { createWorker } from './jobs.ts';
import { checkpoint, type Job } from './job.ts';
import { humanIoError } from '../workspace/files/io-error.ts';

// V8 else lets the heap grow to a multiple of what is alive before it collects: 724 against 487 MB
// in a fit of 100,000 prompts.
setFlagsFromString('--heap-growing-percent=20');
keepHalvesAsBits();

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const worker = createWorker();

const handle = async <K extends keyof WorkerApi>(
  name: K,
  params: Parameters<WorkerApi[K]>[0],
  token: CancellationToken,
): Promise<Awaited<ReturnType<WorkerApi[K]>>> => {
  const job: Job = {
    progress: (progress) => void connection.sendNotification(notifications.progress, progress),
    problem: (problem) => void connection.sendNotification(notifications.problem, problem),
    text: (text) => void connection.sendNotification(notifications.text, text),
    log: (line) => void connection.sendNotification(notifications.log, line),
    checkpoint: () => checkpoint(() => token.isCancellationRequested),
  };
  try {
    return (await worker(job)[name](params as never)) as Awaited<ReturnType<WorkerApi[K]>>;
  } catch (error) {
    throw toResponseError(error);
  }
};

for (const name of Object.keys(requests) as (keyof WorkerApi)[]) {
  connection.onRequest(requests[name].method, (params: unknown, token: CancellationToken) =>
    handle(name, params as never, token),
  );
}

function toResponseError(error: unknown): ResponseError<unknown> {
  const known = error instanceof HumanError ? error : humanIoError(error);
  if (known) return new ResponseError(humanErrorCode, known.message, known.problem);
  if (error instanceof CancelledError) return new ResponseError(-32800, error.message);
  console.error(error);
  return new ResponseError(-32603, error instanceof Error ? error.message : String(error));
}

// Ctrl-C reaches the whole process group: the front decides, and cancels in order.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
setInterval(() => void connection.sendNotification(notifications.heartbeat, Date.now()), 1_000).unref();
connection.listen();
