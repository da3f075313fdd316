import type { Problem } from '../../problem.ts';
import type { Prompt } from '../prompt.ts';

/**
 * Prompts with ids that occur once, in the same order. Of two rows with one id the first keeps it; the second gets
 * `<file>:<line>` and a warning that names both places. Needed within a file and again over all files of a run.
 */
export function uniqueIds(prompts: readonly Prompt[]): { prompts: Prompt[]; problems: Problem[] } {
  const first = new Map<string, Prompt>();
  const problems: Problem[] = [];
  const unique = prompts.map((prompt) => {
    const other = first.get(prompt.id);
    if (other === undefined) {
      first.set(prompt.id, prompt);
      return prompt;
    }
    const { file, line, column } = prompt;
    const id = freeId(prompt, first);
    // Two rows on one line that have no id of their own both start out as `<file>:<line>`: nothing to complain about.
    if (prompt.id !== `${file}:${line}`)
      problems.push({
        severity: 'warning',
        file,
        line,
        column,
        message: `The id "${prompt.id}" is taken by ${other.file}:${other.line}; this row is called "${id}" in the run.`,
        fix: 'Give each row an id of its own.',
      });
    const renamed = { ...prompt, id };
    first.set(id, renamed);
    return renamed;
  });
  return { prompts: unique, problems };
}

function freeId({ file, line, column }: Prompt, taken: ReadonlyMap<string, unknown>): string {
  const places = [`${file}:${line}`, `${file}:${line}:${column}`];
  const free = places.find((place) => !taken.has(place));
  if (free !== undefined) return free;
  let n = 2;
  while (taken.has(`${places[1]!}#${n}`)) n++;
  return `${places[1]!}#${n}`;
}
