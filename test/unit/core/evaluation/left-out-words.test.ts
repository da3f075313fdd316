import { expect, test } from 'vitest';
import { leftOutWords } from '../../../../src/core/evaluation/left-out-words.ts';

test('prompts that were left out are counted, and none is nothing to say', () => {
  expect(leftOutWords(0, 'fit')).toEqual([]);
  expect(leftOutWords(1, 'fit')).toEqual([
    expect.stringMatching(/^1\u00a0prompt of the fit is longer .* was left out/),
  ]);
  expect(leftOutWords(3, 'evaluation')).toEqual([
    expect.stringMatching(/^3\u00a0prompts of the evaluation are .* were/),
  ]);
});
