import { HumanError } from '../../core/problem.ts';
import { readIfThere } from './read-if-there.ts';

/**
 * The JSON value of a file that a comparison leaves; undefined where there is none.
 * @throws {HumanError} the file is damaged
 */
export async function readMade(file: string): Promise<unknown> {
  const bytes = await readIfThere(file);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new HumanError({
      file,
      message: 'This file of the run is damaged.',
      fix: 'Compare again: it is made anew, and the replies stay.',
    });
  }
}
