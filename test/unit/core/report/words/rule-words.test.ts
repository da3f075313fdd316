import { expect, test } from 'vitest';
import { ruleWords } from '../../../../../src/core/report/words/rule-words.ts';

test('names the rule as the rules file does, and says nothing where it was not kept', () => {
  expect(ruleWords({ rule: 'cannot+list' })).toBe('rule: cannot+list');
  expect(ruleWords({})).toBeUndefined();
});
