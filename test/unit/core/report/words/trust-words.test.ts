import { expect, test } from 'vitest';
import { trustWords } from '../../../../../src/core/report/words/trust-words.ts';

test('a prompt beyond the limit is not trusted, and a run that cannot tell says so', () => {
  expect(trustWords(1.34)).toBe(
    'This prompt is unlike those of the fit: its score is not to be trusted (1.3 times as far from them as 99 % of the prompts that were set aside).',
  );
  expect(trustWords(0.7)).toBe('Nothing shows that this prompt is unlike those of the fit.');
  expect(trustWords(null)).toContain('fit again');
});
