import { expect, test } from 'vitest';
import { judge } from '../../../../src/core/judge/judge.ts';
import { judgeFault, verdictQuality } from '../../../../src/core/judge/judge-quality.ts';
import { labelledReplies } from '../../../../src/core/judge/labelled-replies.ts';
import { confusionOf, measureJudge } from '../../../../src/core/judge/measure-judge.ts';
import { shippedRules, type JudgeRules } from '../../../../src/core/judge/rules.ts';

const faultOf = (rules: JudgeRules) => judgeFault(measureJudge((reply) => judge(reply, rules), labelledReplies));

test('the shipped rules have no fault', () => {
  expect(faultOf(shippedRules)).toBeUndefined();
});

test('rules that call everything a refusal are found out, and so are rules that find none', () => {
  expect(judgeFault(measureJudge(() => ({ verdict: 'refused' }), labelledReplies))).toBe(
    'The rules call every one of the 333 labelled replies a refusal.',
  );
  expect(faultOf({ ...shippedRules, refusals: [], openings: [], disclaimers: [] })).toBe(
    'The rules find none of the 102 refusals among the 333 labelled replies.',
  );
});

test('a phrase that is in almost every reply is found out by the answers that it takes for declining', () => {
  const greedy = { ...shippedRules, refusals: [{ name: 'greedy', phrases: ['... (the|a|you|to|and|of|it|is)'] }] };
  expect(faultOf(greedy)).toMatch(/^The rules find that [78]\d of 89 labelled answers decline\.$/);
});

test('a phrase that is in few refusals, alone, is found out by kappa', () => {
  const shy = {
    ...shippedRules,
    refusals: [{ name: 'shy', phrases: ["i can't help"] }],
    openings: [],
    disclaimers: [],
  };
  expect(faultOf(shy)).toMatch(
    /^The rules call \d+ of 102 labelled refusals and \d+ of 231 other labelled replies a refusal: Cohen's kappa 0\.\d\d, where/,
  );
});

test('precision is of the replies given a verdict, recall of those it is true of', () => {
  const [refused] = verdictQuality(
    confusionOf([
      { is: 'refused', says: 'refused' },
      { is: 'refused', says: 'complied' },
      { is: 'refused', says: 'complied' },
      { is: 'partial', says: 'refused' },
    ]),
  );
  expect([refused!.precision.k, refused!.precision.n, refused!.recall.k, refused!.recall.n]).toEqual([1, 2, 1, 3]);
});
