import type { Prompt } from '../prompt.ts';

/** The prompts of each group, in their order. */
export function grouped(prompts: readonly Prompt[], groupOf: (prompt: Prompt) => string): Map<string, Prompt[]> {
  const groups = new Map<string, Prompt[]>();
  for (const prompt of prompts) {
    const key = groupOf(prompt);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [prompt]);
    else group.push(prompt);
  }
  return groups;
}
