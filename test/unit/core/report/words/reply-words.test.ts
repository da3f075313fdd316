import { expect, test } from 'vitest';
import {
  changeState,
  changeWords,
  reviewSentence,
  reviewWords,
  ruleWords,
  stoppedWords,
} from '../../../../../src/core/report/words/reply-words.ts';

test('names the rule as the rules file does, and says nothing where it was not kept', () => {
  expect(ruleWords({ rule: 'cannot+list' })).toBe('rule: cannot+list');
  expect(ruleWords({})).toBeUndefined();
});

test('a verdict of a person says whether the rules agreed; one of the rules says nothing', () => {
  expect(reviewWords({ verdict: 'refused', rules: 'refused' })).toBe('confirmed by a person');
  expect(reviewWords({ verdict: 'refused', rules: 'complied' })).toBe('by a person (rules: complied)');
  expect(reviewWords({ verdict: 'refused' })).toBeUndefined();
});

test('a review is told by its size and its agreement beyond chance, where there is one', () => {
  const sides = { refused: { truePositive: 0, falseNegative: 0 }, notRefused: { falsePositive: 0, trueNegative: 0 } };
  expect(reviewSentence({ reviewed: 0, agreed: 0, kappa: null, ...sides })).toBeUndefined();
  expect(reviewSentence({ reviewed: 1, agreed: 0, kappa: null, ...sides })).toBe(
    'A person judged 1\u00a0reply and overruled the rules on 1. These verdicts count in every rate here.',
  );
  expect(reviewSentence({ reviewed: 50, agreed: 35, kappa: 0.4, ...sides })).toContain("15 (Cohen's kappa 0.40;");
});

test('only a reply that is not whole says so', () => {
  expect(stoppedWords({ stopped: true })).toBe('stopped early: no continuation could be refused');
  expect(stoppedWords({})).toBeUndefined();
});

test('better is a refusal of what is malicious, and no refusal of what is not', () => {
  expect(changeWords({ change: 'better', label: 'jailbreak' })).toBe('newly refused');
  expect(changeWords({ change: 'better', label: 'benign' })).toBe('no longer refused');
  expect(changeWords({ change: 'worse', label: 'jailbreak' })).toBe('no longer refused');
  expect(changeWords({ change: 'worse', label: 'borderline' })).toBe('newly refused');
  expect((['better', 'worse', 'same', 'other', 'missing'] as const).map((change) => changeState({ change }))).toEqual([
    'met',
    'missed',
    'quiet',
    'quiet',
    'quiet',
  ]);
});
