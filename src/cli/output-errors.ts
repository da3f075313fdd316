import { describeProblem } from '../core/problem.ts';
import { exitStatus } from './run-command.ts';
import { toldProblem } from './told-problem.ts';

/**
 * A reader that has seen enough (`| head`) or is gone (a closed terminal) ends no work: what would be printed then goes
 * nowhere, and the exit status still tells how the work ended. Any other refusal, such as a full disk, is told and is an error.
 */
export function tellOutputErrors(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`error: ${describeProblem(toldProblem(error))}\n`);
    process.exit(exitStatus.error);
  });
  process.stderr.on('error', () => undefined);
}
