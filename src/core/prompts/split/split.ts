import type { Problem } from '../../problem.ts';
import { goalsOf } from '../kinds/goals.ts';
import { grouped } from './grouped.ts';
import { holdOut } from './hold-out.ts';
import { duplicatesOfEvaluation, sharedGroups } from './overlap.ts';
import { isMalicious, type Prompt } from '../prompt.ts';
import { seededRandom } from './seeded-random.ts';
import { similarGroups } from '../kinds/similar-groups.ts';

export interface SplitOptions {
  readonly seed: number;
  /** Part of the jailbreak goals kept for the report, 0 to 1. */
  readonly holdOutGoals: number;
  /** Part of what is left that layers, ratio and strength are chosen on, 0 to 1. */
  readonly chooseFraction: number;
}

/** The prompts of the fit files, each in exactly one of four parts, in file order. */
export interface Split {
  readonly fit: readonly Prompt[];
  readonly choose: readonly Prompt[];
  /** Jailbreaks on goals that are in neither of those two: attacks the fit saw, on goals it did not. For the report. */
  readonly heldOut: readonly Prompt[];
  /** Harmful prompts with a held-out goal, and prompts that the evaluation has as well: used for nothing. */
  readonly leftOut: readonly Prompt[];
  /** The goals held out. */
  readonly heldOutGoals: readonly string[];
  /** The goal of each malicious prompt, of the fit files and the evaluation files, by id. */
  readonly goals: ReadonlyMap<string, string>;
  /** What a prompt is never parted from: its goal, its template, its near copies. */
  readonly groupOf: (prompt: Prompt) => string;
  /** A warning for each prompt that the evaluation has as well. */
  readonly duplicates: readonly Problem[];
  /** A warning for each pair of files that have goals or near copies in common; these prompts stay. */
  readonly shared: readonly Problem[];
}

/** Similarity from which two benign prompts are near copies. */
const nearCopy = 0.7;

/**
 * Who learns, who chooses, who is asked at the end. The same prompts in the same order with the same seed give the same
 * parts. No goal of a malicious prompt is in two of fit, choose and heldOut; nor are near copies of a benign prompt, or
 * benign prompts with one `template`. Each label and attack is cut in the same proportion, as nearly as that allows.
 *
 * @param evaluate the prompts of the evaluation files; nothing of them goes anywhere, but what the fit shares with them is told
 */
export function splitPrompts(fit: readonly Prompt[], evaluate: readonly Prompt[], options: SplitOptions): Split {
  const random = seededRandom(options.seed);
  const goals = goalsOf([...fit, ...evaluate]);
  const copies = nearCopies([...fit, ...evaluate].filter(({ label }) => !isMalicious(label)));
  const duplicates = duplicatesOfEvaluation(fit, evaluate);
  const usable = fit.filter(({ id }) => !duplicates.ids.has(id));

  const goalOf = (prompt: Prompt): string => goals.get(prompt.id)!;
  const jailbreaks = usable.filter(({ label }) => label === 'jailbreak');
  const heldOutGoals = holdOut(grouped(jailbreaks, goalOf), options.holdOutGoals, random);
  const isHeldOut = (prompt: Prompt): boolean => heldOutGoals.has(goals.get(prompt.id) ?? '');

  const rest = usable.filter((prompt) => !isHeldOut(prompt));
  const groupOf = (prompt: Prompt): string => {
    if (isMalicious(prompt.label)) return `goal ${goalOf(prompt)}`;
    return prompt.template === undefined ? `copy ${copies.get(prompt.id) ?? prompt.id}` : `template ${prompt.template}`;
  };
  const chosen = holdOut(grouped(rest, groupOf), options.chooseFraction, random);

  return {
    fit: rest.filter((prompt) => !chosen.has(groupOf(prompt))),
    choose: rest.filter((prompt) => chosen.has(groupOf(prompt))),
    heldOut: jailbreaks.filter(isHeldOut),
    leftOut: fit.filter((prompt) => duplicates.ids.has(prompt.id) || (prompt.label === 'harmful' && isHeldOut(prompt))),
    heldOutGoals: [...heldOutGoals],
    goals,
    groupOf,
    duplicates: duplicates.problems,
    shared: [
      ...sharedGroups(usable, evaluate, goals, 'the same goal as one'),
      ...sharedGroups(usable, evaluate, copies, 'a near copy'),
    ],
  };
}

/** id -> id of the first of its near copies, where there are any */
function nearCopies(prompts: readonly Prompt[]): Map<string, string> {
  const groups = similarGroups(
    prompts.map(({ text }) => text),
    nearCopy,
  );
  const copied = new Set(groups.filter((first, i) => first !== i));
  const copies = new Map<string, string>();
  groups.forEach((first, i) => copied.has(first) && copies.set(prompts[i]!.id, prompts[first]!.id));
  return copies;
}
