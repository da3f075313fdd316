import { expect, test } from 'vitest';
import { percentDone, progressMessage } from '../../../../src/vscode/model/progress-message.ts';

const unknown = { perSecond: undefined, secondsLeft: undefined };

test('a phase says how much of how many, how fast and how long still', () => {
  const progress = { phase: 'Activations', done: 1024, total: 2730, unit: 'prompts' };
  expect(progressMessage(progress, { perSecond: 61.2, secondsLeft: 27.9 })).toBe(
    'Activations, 1,024 of 2,730 prompts (37 %), 61/s, 0:28 left',
  );
});

test('what is not known yet is not said, and nothing is left at the end', () => {
  expect(progressMessage({ phase: 'Solve', done: 0, total: 7, unit: 'layers' }, unknown)).toBe(
    'Solve, 0 of 7 layers (0 %)',
  );
  expect(
    progressMessage({ phase: 'Solve', done: 7, total: 7, unit: 'layers' }, { perSecond: 2.5, secondsLeft: 0 }),
  ).toBe('Solve, 7 of 7 layers (100 %), 2.5/s');
});

test('100 % is said only when all is done', () => {
  expect(percentDone({ done: 1999, total: 2000 })).toBe(99);
  expect(percentDone({ done: 0, total: 0 })).toBe(100);
});
