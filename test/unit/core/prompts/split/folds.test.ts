import { expect, test } from 'vitest';
import { dealFolds, dealGroups } from '../../../../../src/core/prompts/split/folds.ts';
import type { Label, Prompt } from '../../../../../src/core/prompts/prompt.ts';

const prompt = (id: string, label: Label, attack?: string): Prompt => ({
  id,
  label,
  ...(attack !== undefined && { attack }),
  text: id,
  file: 'prompts.jsonl',
  line: 1,
  column: 1,
});
const groupOf = ({ id }: Prompt): string => id.split('-')[0]!;

test('a kind of jailbreak and a group of benign prompts are in one fold, harmful prompts in none', () => {
  const prompts = [
    ...['a-1', 'a-2', 'b-1', 'c-1', 'd-1'].map((id) => prompt(id, 'benign')),
    prompt('h-1', 'harmful'),
    ...['persona', 'fiction', 'persona', 'encoding'].map((attack, i) => prompt(`j-${i}`, 'jailbreak', attack)),
  ];
  const folds = dealFolds(prompts, 3, groupOf, ({ id }) => id);
  expect(folds.get('a-1')).toBe(folds.get('a-2'));
  expect(folds.has('h-1')).toBe(false);
  expect(folds.get('j-0')).toBe(folds.get('j-2'));
  expect(new Set(['j-0', 'j-1', 'j-3'].map((id) => folds.get(id))).size).toBe(3);
  expect(new Set(['a-1', 'b-1', 'c-1'].map((id) => folds.get(id))).size).toBe(3);
});

test('with fewer kinds than folds jailbreaks go by wrapper; without jailbreaks harmful prompts go by goal', () => {
  const jailbreaks = [0, 1, 2, 3].map((i) => prompt(`j-${i}`, 'jailbreak', 'persona'));
  const byWrapper = dealFolds(jailbreaks, 2, groupOf, ({ id }) => (id === 'j-3' ? 'own' : 'shared'));
  expect(byWrapper.get('j-0')).toBe(byWrapper.get('j-1'));
  expect(byWrapper.get('j-3')).not.toBe(byWrapper.get('j-0'));
  const harmful = [prompt('x-1', 'harmful'), prompt('y-1', 'harmful'), prompt('x-2', 'harmful')];
  const byGoal = dealFolds(harmful, 2, groupOf, ({ id }) => id);
  expect(byGoal.get('x-1')).toBe(byGoal.get('x-2'));
  expect(byGoal.get('y-1')).not.toBe(byGoal.get('x-1'));
});

test('groups are dealt whole, the largest first, so that parts come out about equal', () => {
  const prompts = ['a-1', 'b-1', 'b-2', 'b-3', 'c-1', 'c-2'].map((id) => prompt(id, 'harmful'));
  expect(Object.fromEntries(dealGroups(prompts, 2, groupOf))).toEqual({
    'b-1': 0,
    'b-2': 0,
    'b-3': 0,
    'c-1': 1,
    'c-2': 1,
    'a-1': 0,
  });
});
