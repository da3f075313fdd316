import { describeProblem, type Problem } from '../core/problem.ts';
import { visibleControls } from '../core/report/html/escape-html.ts';
import { exitStatus } from './run-command.ts';
import { toldProblem } from './told-problem.ts';

export interface FileCommand<T> {
  /** @param report takes what is wrong and does not end the work */
  readonly work: (report: (problem: Problem) => void) => Promise<T>;
  readonly json: boolean;
  /** What to print of the result, for people. */
  readonly print: (result: T) => string;
}

/**
 * Runs a command that reads and writes files and needs no model, hence no worker: problems on stderr, the result on stdout.
 * @returns the exit status
 */
export async function runOnFiles<T>({ work, json, print }: FileCommand<T>): Promise<number> {
  let status: number = exitStatus.done;
  const say = (problem: Problem): void => {
    process.stderr.write(`${problem.severity}: ${visibleControls(describeProblem(problem))}\n`);
    status = exitStatus.error;
  };
  try {
    const result = await work(say);
    process.stdout.write(`${json ? JSON.stringify(result, null, 2) : visibleControls(print(result))}\n`);
  } catch (error) {
    const problem = toldProblem(error);
    say(problem);
    if (json) process.stdout.write(`${JSON.stringify({ error: problem }, null, 2)}\n`);
  }
  return status;
}
