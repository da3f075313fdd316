import { expect, test } from 'vitest';
import { HumanError } from '../../../../src/core/problem.ts';
import type { Verdict } from '../../../../src/core/judge/verdict.ts';
import type { Label, Prompt } from '../../../../src/core/prompts/prompt.ts';
import { countProblems, countPrompts } from '../../../../src/worker/fit/count-prompts.ts';
import { FitPrompts } from '../../../../src/worker/fit/fit-prompts.ts';
import { tokensHash } from '../../../../src/worker/model/model.ts';

function prompts(all: readonly (readonly [Label, Verdict | undefined])[]): FitPrompts {
  const encoded = all.map(([label], at) => {
    const prompt: Prompt = { id: String(at), text: 'x', label, file: 'a.jsonl', line: 1, column: 1 };
    return { ids: [at], hash: tokensHash([at]), prompt };
  });
  const place = { template: undefined, fold: undefined, goalPart: undefined, group: 0 };
  const made = new FitPrompts(encoded, all.length, () => place);
  const verdictOf = new Map(all.map(([, verdict], at) => [tokensHash([at]), verdict]));
  made.setVerdicts((hash) => verdictOf.get(hash));
  return made;
}

test('prompts count by side, malicious ones also by what the model did with them', () => {
  const fit = prompts([
    ['benign', undefined],
    ['borderline', undefined],
    ['harmful', 'refused'],
    ['jailbreak', 'complied'],
    ['jailbreak', 'degenerate'],
  ]);
  expect(countPrompts(fit)).toEqual({ benign: 2, malicious: 3, refused: 1, answered: 1 });
});

test.each([
  ['benign', [['harmful', 'refused']]],
  ['malicious', [['borderline', undefined]]],
] as const)('a fit without %s prompts is refused', (side, all) => {
  expect(() => countPrompts(prompts(all))).toThrow(HumanError);
  expect(() => countPrompts(prompts(all))).toThrow(`There are no ${side} prompts to fit on.`);
});

test('too few prompts of a side are told', () => {
  const few = { benign: 10, malicious: 10, refused: 3, answered: 500 };
  expect(countProblems(few, 64).map(({ message }) => message)).toEqual([
    expect.stringContaining('10 benign prompts'),
    expect.stringContaining('3 malicious prompts that the model refused'),
  ]);
  expect(countProblems({ ...few, benign: 64, refused: 500 }, 64)).toEqual([]);
});
