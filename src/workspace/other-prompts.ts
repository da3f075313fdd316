import { relative, resolve, sep } from 'node:path';
import { HumanError, type Problem } from '../core/problem.ts';
import { contraryLabels, promptsInBoth } from '../core/prompts/split/overlap.ts';
import type { Prompt } from '../core/prompts/prompt.ts';
import { uniqueIds } from '../core/prompts/read/unique-ids.ts';
import { readPromptFile } from './load-workspace.ts';

/**
 * Prompts to compare on instead of the workspace's evaluation files. Those that stand in the fit's files are left out with
 * a warning: what was fitted on is no evidence.
 * @throws {HumanError} a file that cannot be read
 */
export async function readOtherPrompts(
  root: string,
  paths: readonly string[],
  fit: readonly Prompt[],
  report: (problem: Problem) => void,
): Promise<readonly Prompt[]> {
  const read: Prompt[] = [];
  for (const path of paths) {
    const file = relative(root, resolve(path)).split(sep).join('/');
    const parsed = await readPromptFile(root, file, {}).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new HumanError({
        file: path,
        message: `The prompt file cannot be read: ${reason}.`,
        fix: 'Name another one.',
      });
    });
    parsed.problems.forEach(report);
    for (const prompt of parsed.prompts) read.push(prompt);
  }
  const unique = uniqueIds(read);
  [...unique.problems, ...contraryLabels(unique.prompts)].forEach(report);
  const fitted = promptsInBoth(unique.prompts, fit);
  for (const [{ file, line, column }, twin] of fitted)
    report({
      severity: 'warning',
      file,
      line,
      column,
      message: `This prompt stands in the fit's files too (${twin.file}:${twin.line}:${twin.column}); it is left out of the comparison.`,
      fix: 'Take it out of one of the two.',
    });
  return unique.prompts.filter((prompt) => !fitted.has(prompt));
}
