import { lettersOf } from './letters.ts';
import { longestContained } from './longest-contained.ts';
import type { Prompt } from '../prompt.ts';

/**
 * Which jailbreaks are one wrapper around different requests: id -> name of the wrapper, jailbreaks only.
 *
 * - A `template` field decides.
 * - Else what is left of a jailbreak's letters when the longest harmful prompt it contains is taken out is its wrapper.
 * - A jailbreak that contains none (an encoded one, say) is in one group with the others of its `attack`.
 */
export function templatesOf(prompts: readonly Prompt[]): Map<string, string> {
  const goals = new Set(prompts.filter(({ label }) => label === 'harmful').map(({ text }) => lettersOf(text)));
  goals.delete('');
  const contained = longestContained(goals);
  const templates = new Map<string, string>();
  for (const { id, label, text, template, attack } of prompts) {
    if (label !== 'jailbreak') continue;
    const letters = lettersOf(text);
    const goal = template === undefined ? contained(letters) : null;
    templates.set(id, template ?? (goal === null ? `attack ${attack ?? ''}` : letters.replace(goal, ' … ')));
  }
  return templates;
}
