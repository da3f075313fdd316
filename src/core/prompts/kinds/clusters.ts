import { goalsOf } from './goals.ts';
import { isMalicious, type Prompt } from '../prompt.ts';
import { similarGroups } from './similar-groups.ts';
import { templatesOf } from './templates.ts';

/** What a prompt has in common with others, so that their replies are no independent evidence: names, each the id of a first prompt. */
export interface Clusters {
  /** Its wrapper, or else its near copies. */
  readonly template: string;
  /** What it asks for, or else its near copies. */
  readonly goal: string;
}

/** Similarity from which prompts that no template or goal explains are near copies. */
const nearCopy = 0.7;

/** The clusters of all prompts given, by id; harmful prompts of the fit among them explain jailbreaks. */
export function clustersOf(prompts: readonly Prompt[]): Map<string, Clusters> {
  const goals = goalsOf(prompts);
  const wrappers = templatesOf(prompts);
  const harmless = prompts.filter(({ label }) => !isMalicious(label));
  const copies = similarGroups(
    harmless.map(({ text }) => text),
    nearCopy,
  );
  const copyOf = new Map(harmless.map(({ id }, i) => [id, harmless[copies[i]!]!.id]));
  const firstOf = new Map<string, string>();
  return new Map(
    prompts.map(({ id, label, template }): [string, Clusters] => {
      const own = copyOf.get(id) ?? goals.get(id)!;
      const wrapper = wrappers.get(id) ?? template;
      if (wrapper === undefined) return [id, { template: label === 'harmful' ? id : own, goal: own }];
      const key = JSON.stringify([label, wrapper]);
      const first = firstOf.get(key) ?? id;
      firstOf.set(key, first);
      return [id, { template: first, goal: own }];
    }),
  );
}
