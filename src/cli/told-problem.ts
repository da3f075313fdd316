import { HumanError, type Problem } from '../core/problem.ts';
import { humanIoError } from '../workspace/files/io-error.ts';

/** What to tell people of any error. */
export function toldProblem(error: unknown): Problem {
  const human = error instanceof HumanError ? error : humanIoError(error);
  return (
    human?.problem ?? {
      severity: 'error',
      message: `Something went wrong that was not foreseen: ${(error instanceof Error ? error.message : String(error)).replace(/\.?$/, '.')}`,
      fix: 'Run again with ALPHASTEER_LOG=1 and report what it prints.',
    }
  );
}
