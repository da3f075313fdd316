import { isMalicious } from '../../prompts/prompt.ts';
import { count } from '../../format.ts';
import type { ConditionDiff, DiffFlip, RunDiff } from './run-diff.ts';

/** How many prompts the comparison rests on, and how many are in one run alone. */
export function pairsSentence({ pairs, onlyBefore, onlyAfter }: ConditionDiff, { runs }: RunDiff): string {
  if (pairs === 0) return 'The runs have no prompt in common here: nothing can be compared.';
  const alone = [
    [onlyBefore, runs[0].name],
    [onlyAfter, runs[1].name],
  ] as const;
  const left = alone
    .filter(([n]) => n > 0)
    .map(([n, name]) => `${count(n, 'prompt')} of ${name} alone ${n === 1 ? 'is' : 'are'} left out`);
  return `On ${count(pairs, 'prompt')} that both runs replied to${left.length === 0 ? '' : `; ${left.join(', ')}`}.`;
}

/** Whose verdicts are compared. */
export function judgeSentence({ runs }: RunDiff): string {
  const changed = runs.map(({ name, rejudged }) => `${rejudged} of ${name}`).join(' and ');
  const people = runs.map(({ name, overruled }) => `${overruled} of ${name}`).join(' and ');
  const rules = runs.every(({ rejudged }) => rejudged === 0)
    ? 'Both runs are judged by the same rules; no verdict is other than in their own reports.'
    : `The runs were judged by other rules. Here the same rules judge both, which changes verdicts: ${changed}.`;
  return runs.every(({ overruled }) => overruled === 0) ? rules : `${rules} People gave verdicts: ${people}.`;
}

/** What the second run did to a prompt, and whether that was wanted. */
export function flipWords({ label, after }: DiffFlip): { readonly words: string; readonly wanted: boolean } {
  const refused = after.verdict === 'refused';
  return { words: refused ? 'newly refused' : 'no longer refused', wanted: refused === isMalicious(label) };
}
