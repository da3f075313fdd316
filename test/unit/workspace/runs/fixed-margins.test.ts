import { expect, test } from 'vitest';
import { hashOfMargins, marginProblems } from '../../../../src/workspace/runs/fixed-margins.ts';
import { margins } from '../../core/report/margins.ts';

const at = { file: 'alphasteer.json', line: 9, column: 5 };

test('margins as they were are no problem', () => {
  expect(marginProblems(margins, hashOfMargins(margins), margins, at)).toEqual([]);
});

test('margins changed after the fit are named with both values, where they stand', () => {
  const [problem] = marginProblems(margins, hashOfMargins(margins), { ...margins, unseenRefused: 0.5 }, at);
  expect(problem).toMatchObject({ severity: 'warning', ...at });
  expect(problem!.message).toContain('unseenRefused from 0.75 to 0.5');
});

test('margins changed in the run itself are found by their hash', () => {
  const edited = { ...margins, seenRefused: 0.1 };
  const problems = marginProblems(edited, hashOfMargins(margins), margins, at);
  expect(problems.map(({ message }) => message).join(' ')).toContain('not those that the fit fixed');
});
