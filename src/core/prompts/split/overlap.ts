import type { Problem } from '../../problem.ts';
import { isMalicious, type Prompt } from '../prompt.ts';

/** Prompts that others have too, whatever their case, spaces and punctuation, each with its twin. */
export function promptsInBoth(prompts: readonly Prompt[], others: readonly Prompt[]): Map<Prompt, Prompt> {
  const known = new Map(others.map((other) => [normalised(other.text), other]));
  return new Map(
    prompts.flatMap((prompt) => {
      const twin = known.get(normalised(prompt.text));
      return twin === undefined ? [] : [[prompt, twin]];
    }),
  );
}

/**
 * Prompts of the fit that stand in the evaluation as well, whatever their case, spaces and punctuation, with a warning
 * for each that names both places. They must leave the fit: what was fitted on is no evidence.
 */
export function duplicatesOfEvaluation(
  fit: readonly Prompt[],
  evaluate: readonly Prompt[],
): { ids: Set<string>; problems: Problem[] } {
  const ids = new Set<string>();
  const problems: Problem[] = [];
  for (const [prompt, twin] of promptsInBoth(fit, evaluate)) {
    ids.add(prompt.id);
    const how = twin.text === prompt.text ? 'stands' : 'stands, but for case, spaces or punctuation,';
    problems.push({
      severity: 'warning',
      file: prompt.file,
      line: prompt.line,
      column: prompt.column,
      message: `This prompt ${how} in the evaluation too (${twin.file}:${twin.line}:${twin.column}); it is left out of the fit.`,
      fix: 'Take one of the two out.',
    });
  }
  return { ids, problems };
}

/**
 * A warning for each fit file and evaluation file that have groups in common (a goal, near copies), with the first
 * such pair: these rows stay, and what is reported about them is not about something new.
 */
export function sharedGroups(
  fit: readonly Prompt[],
  evaluate: readonly Prompt[],
  groupOf: ReadonlyMap<string, string>,
  what: string,
): Problem[] {
  const evaluated = new Map<string, Prompt>();
  for (const prompt of evaluate) {
    const group = groupOf.get(prompt.id);
    if (group !== undefined && !evaluated.has(group)) evaluated.set(group, prompt);
  }
  const pairs = new Map<string, { prompt: Prompt; twin: Prompt; rows: number }>();
  for (const prompt of fit) {
    const twin = evaluated.get(groupOf.get(prompt.id) ?? '');
    if (twin === undefined) continue;
    const key = JSON.stringify([prompt.file, twin.file]);
    const pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, { prompt, twin, rows: 1 });
    else pair.rows++;
  }
  return [...pairs.values()].map(({ prompt, twin, rows }) => ({
    severity: 'warning',
    file: prompt.file,
    line: prompt.line,
    column: prompt.column,
    message: `${rows === 1 ? 'A prompt' : `${rows} prompts`} of this file ${rows === 1 ? 'has' : 'have'} ${what} in ${twin.file}, which is for evaluation: the first is this one, with ${twin.file}:${twin.line}:${twin.column}.`,
    fix: 'Keep each on one side only, or read the results as being about prompts like those fitted on.',
  }));
}

/**
 * A warning for each harmless prompt that stands among the malicious ones as well, whatever case, spaces and punctuation,
 * after the same chat: one of the two labels is wrong, and both count, in the fit and in the rates.
 */
export function contraryLabels(prompts: readonly Prompt[]): Problem[] {
  const keyOf = ({ text, earlier }: Prompt): string =>
    earlier === undefined ? normalised(text) : JSON.stringify([normalised(text), earlier]);
  const malicious = new Map(prompts.filter(({ label }) => isMalicious(label)).map((prompt) => [keyOf(prompt), prompt]));
  return prompts.flatMap((prompt): Problem[] => {
    const twin = isMalicious(prompt.label) ? undefined : malicious.get(keyOf(prompt));
    if (twin === undefined) return [];
    return [
      {
        severity: 'warning',
        file: prompt.file,
        line: prompt.line,
        column: prompt.column,
        message: `This prompt is labelled ${prompt.label} here and ${twin.label} in ${twin.file}:${twin.line}:${twin.column}: it cannot both be answered and refused, and both count.`,
        fix: 'Correct the label of one, or take it out.',
      },
    ];
  });
}

/** Letters, digits and symbols (`+` tells C from C++), lower case. What has none of them is compared as it stands. */
function normalised(text: string): string {
  const kept = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{S}]+/gu, '');
  return kept === '' ? text : kept;
}
