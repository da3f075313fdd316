import { expect, test } from 'vitest';
import { templatesOf } from '../../../../../src/core/prompts/kinds/templates.ts';
import { quickstartPrompts } from '../quickstart-prompts.ts';

test('the jailbreaks of the quickstart fall into the templates that their ids tell, but for those that only decode', () => {
  const prompts = quickstartPrompts('harmful', 'jailbreak');
  const templates = templatesOf(prompts);
  const told = new Map<string, Set<string>>();
  for (const [id, template] of templates) {
    const own = told.get(template) ?? new Set();
    told.set(template, own.add(id.replace(/-\d+$/, '')));
  }
  expect(templates.size).toBe(480);
  const mixed = [...told.values()].filter((ids) => ids.size > 1);
  expect(mixed.map((ids) => [...ids])).toEqual([['jailbreak-encoding-2', 'jailbreak-encoding-3']]);
  expect(told.size).toBe(23);
});

test('a template field decides', () => {
  const [first, second] = quickstartPrompts('jailbreak').slice(0, 2);
  const named = [first!, second!].map((prompt) => ({ ...prompt, template: 'mine' }));
  expect([...templatesOf(named).values()]).toEqual(['mine', 'mine']);
});
