import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judge } from '../../../../src/core/judge/judge.ts';
import { parseJudgeRules, shippedRules } from '../../../../src/core/judge/rules.ts';
import { describeProblem } from '../../../../src/core/problem.ts';

const shippedText = readFileSync('src/core/judge/rules.json', 'utf8');

test('the shipped rules have the form that a file of the user must have', () => {
  expect(parseJudgeRules(shippedText, 'rules.json')).toMatchObject({ value: shippedRules, problems: [] });
});

test("a user's copy decides: a phrase added makes a refusal, a rule taken out unmakes one", () => {
  const phrase = '"phrases": ["computer says no"]';
  const added = shippedText.replace('"refusals": [', `"refusals": [ // ours\n { "name": "house-style", ${phrase} },`);
  const { value, problems } = parseJudgeRules(added, 'rules.json');
  expect(problems).toEqual([]);
  expect(judge('Well, computer says no!', value!)).toEqual({ verdict: 'refused', span: [6, 22], rule: 'house-style' });
  expect(judge('Well, computer says no!').verdict).toBe('complied');
  expect(judge("I can't help with that.", { ...shippedRules, refusals: [], openings: [] }).verdict).toBe('complied');
});

test('a phrase that is broken, and a key that is unknown, are reported where they stand', () => {
  const text = shippedText.replace(
    '"refusals": [',
    '"refusals": [\n{ "name": "x", "phrases": ["fine", "(a|b"], "phrase": [] },',
  );
  const [unknown] = parseJudgeRules(text, 'r.json').problems.map((problem) => describeProblem(problem));
  expect(unknown).toMatch(/^r\.json:\d+:45: There is no setting "refusals\.0\.phrase"\. Did you mean "phrases"\?$/);
  const [broken] = parseJudgeRules(text.replace(', "phrase": []', ''), 'r.json').problems.map((problem) =>
    describeProblem(problem),
  );
  expect(broken).toMatch(/^r\.json:\d+:36: "refusals\.0\.phrases\.1": "\(" without "\)"\. Correct it\. Phrases/);
});
