import { expect, test } from 'vitest';
import type { Margins } from '../../../src/core/report/checks.ts';
import { hashOfMargins, marginProblems } from '../../../src/worker/fixed-margins.ts';

const margins: Margins = {
  seenRefused: 0.9,
  unseenRefused: 0.75,
  harmfulRise: 0,
  benignRise: 0.02,
  borderlineRise: 0.05,
  degenerateRise: 0,
};
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
