import { DisjointSets } from './disjoint-sets.ts';
import { lettersOf, spelledLetters } from './letters.ts';
import { longestContained } from './longest-contained.ts';
import type { Prompt } from '../prompt.ts';
import { similarGroups } from './similar-groups.ts';

/** Similarity from which two harmful prompts ask for one thing in two phrases: the middle of the range without an error on the demo. */
const sameGoal = 0.3;
/** Similarity from which two jailbreaks that no harmful prompt explains are copies of one another. */
const nearCopy = 0.7;

/**
 * What each malicious prompt asks for, so that one goal is never on both sides of a split: id -> goal, where prompts
 * with one goal have the same one (the id of the first of them). Benign prompts have none and are left out.
 *
 * - A `goal` field decides, ignoring case, spaces and punctuation.
 * - Harmful prompts without one share a goal when they share their rare words.
 * - A jailbreak without one has the goal of the longest harmful prompt (or goal) whose letters it contains, be it
 *   spelled with other marks in between, backwards or in Base64.
 * - A jailbreak that contains none is a goal of its own, with its near copies.
 *
 * Ids are not looked at. A jailbreak that *paraphrases* a harmful prompt is not found: name its `goal`.
 */
export function goalsOf(prompts: readonly Prompt[]): Map<string, string> {
  const malicious = prompts.filter(({ label }) => label === 'harmful' || label === 'jailbreak');
  const sets = new DisjointSets(malicious.length);
  const named = new Map</* letters of a goal or harmful prompt */ string, number>();
  const name = (text: string, i: number): void => {
    const letters = lettersOf(text);
    if (letters === '') return;
    const first = named.get(letters);
    if (first === undefined) named.set(letters, i);
    else sets.join(first, i);
  };
  const joinSimilar = (indices: readonly number[], threshold: number): void => {
    const groups = similarGroups(
      indices.map((i) => malicious[i]!.text),
      threshold,
    );
    groups.forEach((first, i) => sets.join(indices[first]!, indices[i]!));
  };

  malicious.forEach(({ label, text, goal }, i) => {
    if (goal !== undefined) name(goal, i);
    if (label === 'harmful') name(text, i);
  });
  joinSimilar(
    indicesOf(malicious, ({ label, goal }) => label === 'harmful' && goal === undefined),
    sameGoal,
  );

  const contained = longestContained(named.keys());
  const unexplained = indicesOf(malicious, ({ label, goal }) => label === 'jailbreak' && goal === undefined).filter(
    (i) => {
      const found = spelledLetters(malicious[i]!.text)
        .map(contained)
        .filter((letters) => letters !== null);
      const longest = found.reduce((a, b) => (b.length > a.length ? b : a), '');
      if (longest !== '') sets.join(named.get(longest)!, i);
      return longest === '';
    },
  );
  joinSimilar(unexplained, nearCopy);

  return new Map(malicious.map(({ id }, i) => [id, malicious[sets.first(i)]!.id]));
}

function indicesOf(prompts: readonly Prompt[], wanted: (prompt: Prompt) => boolean): number[] {
  return prompts.flatMap((prompt, i) => (wanted(prompt) ? [i] : []));
}
