import { grouped } from './grouped.ts';
import { isMalicious, type Prompt } from '../prompt.ts';

/**
 * Prompts dealt to folds so that a fit without one fold says how it does on prompts it never saw: id -> fold. Jailbreaks go
 * by kind (`attack`) where there are as many kinds as folds, else by `wrapperOf`; benign prompts by `groupOf` (copies
 * stay together). Harmful prompts are in none, so that every fold fits on them, unless there are no jailbreaks.
 */
export function dealFolds(
  prompts: readonly Prompt[],
  folds: number,
  groupOf: (prompt: Prompt) => string,
  wrapperOf: (prompt: Prompt) => string,
): Map<string, number> {
  const benign = prompts.filter(({ label }) => !isMalicious(label));
  const jailbreaks = prompts.filter(({ label }) => label === 'jailbreak');
  if (jailbreaks.length === 0) {
    const harmful = prompts.filter(({ label }) => label === 'harmful');
    return new Map([...dealGroups(benign, folds, groupOf), ...dealGroups(harmful, folds, groupOf)]);
  }
  const kinds = new Set(jailbreaks.flatMap(({ attack }) => attack ?? []));
  const kindOf = kinds.size < folds ? wrapperOf : ({ attack = '' }: Prompt): string => attack;
  return new Map([...dealGroups(benign, folds, groupOf), ...dealGroups(jailbreaks, folds, kindOf)]);
}

/** Prompts dealt to parts in turn, a group as a whole, the largest first: id -> part. */
export function dealGroups(
  prompts: readonly Prompt[],
  parts: number,
  groupOf: (prompt: Prompt) => string,
): Map<string, number> {
  const largestFirst = [...grouped(prompts, groupOf)].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  return new Map(largestFirst.flatMap(([, group], i) => group.map(({ id }): [string, number] => [id, i % parts])));
}
