import { fileURLToPath } from 'node:url';
import { CancelledError } from '../core/cancelled.ts';
import { describeProblem, type Problem } from '../core/problem.ts';
import { visibleControls } from '../core/report/html/escape-html.ts';
import type { WorkerApi } from '../rpc/worker-api.ts';
import { createWorkerClient, type WorkerListener } from '../client/worker-client.ts';
import { ProgressLine } from './progress-line.ts';
import { toldProblem } from './told-problem.ts';

/** Exit statuses that other tools may rely on. */
export const exitStatus = { done: 0, error: 1, usage: 2, cancelled: 130 } as const;

export interface Command<K extends keyof WorkerApi> {
  readonly call: K;
  readonly params: Parameters<WorkerApi[K]>[0];
  readonly json: boolean;
  /** What to print of the result, for people. */
  readonly print: (result: Awaited<ReturnType<WorkerApi[K]>>) => string;
  /** Whether the result itself says that something is wrong. */
  readonly isBad?: (result: Awaited<ReturnType<WorkerApi[K]>>) => boolean;
  readonly listener?: Pick<WorkerListener, 'text'>;
}

/**
 * Runs one call in a worker: progress and problems on stderr, the result on stdout. The first Ctrl-C cancels in order
 * (what is finished is kept), the second one kills.
 * @returns the exit status
 */
export async function runCommand<K extends keyof WorkerApi>(command: Command<K>): Promise<number> {
  const line = new ProgressLine(process.stderr);
  let problems = 0;
  const say = (problem: Problem): void => {
    line.clear();
    process.stderr.write(`${problem.severity}: ${visibleControls(describeProblem(problem))}\n`);
    problems++;
  };
  const worker = createWorkerClient({
    module: fileURLToPath(new URL('./worker.js', import.meta.url)),
    listener: {
      ...command.listener,
      progress: (progress) => line.update(progress),
      problem: say,
      ...(process.env['ALPHASTEER_LOG'] && { log: (text: string) => process.stderr.write(`${text}\n`) }),
    },
  });
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      worker.dispose();
      process.exit(exitStatus.cancelled);
    }
    line.clear();
    process.stderr.write('Stopping; what is finished is kept. Press Ctrl-C again to stop at once.\n');
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const result = await worker.call(command.call, command.params, controller.signal);
    line.clear();
    process.stdout.write(
      `${command.json ? JSON.stringify(result, null, 2) : visibleControls(command.print(result))}\n`,
    );
    if (problems === 0) return command.isBad?.(result) === true ? exitStatus.error : exitStatus.done;
    process.stderr.write(
      `Finished, but there ${problems === 1 ? 'is a problem' : `are ${problems} problems`} to look at (above).\n`,
    );
    return exitStatus.error;
  } catch (error) {
    line.clear();
    if (error instanceof CancelledError) {
      process.stderr.write('Stopped. Run the same command to go on where it stopped.\n');
      return exitStatus.cancelled;
    }
    const problem = toldProblem(error);
    say(problem);
    if (command.json) process.stdout.write(`${JSON.stringify({ error: problem }, null, 2)}\n`);
    return exitStatus.error;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    worker.dispose();
  }
}
