import { isMalicious, type Prompt } from './prompt.ts';

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
  const jailbreaks = prompts.filter(({ label }) => label === 'jailbreak');
  const kinds = new Set(jailbreaks.flatMap(({ attack }) => attack ?? []));
  const unit = (prompt: Prompt): string | undefined => {
    if (!isMalicious(prompt.label)) return `benign ${groupOf(prompt)}`;
    if (prompt.label === 'harmful') return jailbreaks.length > 0 ? undefined : `harmful ${groupOf(prompt)}`;
    return kinds.size < folds ? `jailbreak ${wrapperOf(prompt)}` : `jailbreak ${prompt.attack ?? ''}`;
  };
  const units = new Map<string, string[]>();
  for (const prompt of prompts) {
    const name = unit(prompt);
    if (name !== undefined) units.set(name, [...(units.get(name) ?? []), prompt.id]);
  }
  const largestFirst = [...units].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const dealt = { jailbreak: 0, harmful: 0, benign: 0 };
  return new Map(
    largestFirst.flatMap(([name, ids]) => {
      const fold = dealt[name.split(' ')[0] as keyof typeof dealt]++ % folds;
      return ids.map((id): [string, number] => [id, fold]);
    }),
  );
}
