import { expect, test } from 'vitest';
import { conditionRows } from '../../../../../src/core/report/condition-rows.ts';
import { summarise } from '../../../../../src/core/evaluation/summarise.ts';
import { chosenWords, contestSentences } from '../../../../../src/core/report/words/control-words.ts';
import { fakeRun } from '../fake-run.ts';

const { replies, fit } = fakeRun();
const summary = summarise(replies, fit);

test('a control that no strength keeps within the budget says so', () => {
  const rows = conditionRows(summary);
  const words = rows.map((row) => chosenWords(row, fit.strength));
  expect(words).toEqual(['–', '0.3', '–, over budget', '0.3, over budget', '0.3']);
  const partly = {
    ...rows[4]!,
    fits: rows[4]!.fits.map((one, i) => ({ ...one, strength: i + 1, withinBudget: i > 0 })),
  };
  expect(chosenWords(partly, fit.strength)).toBe('1 to 2, over budget in 1 of 2');
});

test('no control, no contest to tell of', () => {
  expect(contestSentences({ against: {} })).toEqual([]);
});
