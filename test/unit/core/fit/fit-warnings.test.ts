import { expect, test } from 'vitest';
import type { Label } from '../../../../src/core/prompts/prompt.ts';
import { fitWarnings, type FitEvidence, type FittedPrompt } from '../../../../src/core/fit/fit-warnings.ts';

const prompt = (label: Label, line: number, score: number, refused?: boolean): FittedPrompt => ({
  label,
  file: `${label}.jsonl`,
  line,
  refused,
  unseen: score,
  group: line,
});

const many = (n: number, make: (i: number) => FittedPrompt): FittedPrompt[] =>
  Array.from({ length: n }, (_, i) => make(i + 1));

const good = {
  prompts: [
    ...many(100, (i) => prompt('benign', i, 0.01 * (i % 7))),
    ...many(40, (i) => prompt('harmful', i, NaN, i % 8 !== 0)),
    ...many(40, (i) => prompt('jailbreak', i, 0.8 + 0.01 * (i % 5), i % 4 === 0)),
  ],
  layers: [
    { layer: 4, steered: false, auc: 0.6, stability: { w: { mean: 0.9, low: 0.8 }, scoreSpread: {}, r: 0.2 } },
    { layer: 8, steered: true, auc: 0.95, stability: { w: { mean: 0.9, low: 0.8 }, scoreSpread: {}, r: 0.97 } },
  ],
  attacks: { persona: { n: 20, recognised: 12 }, fiction: { n: 20, recognised: 9 } },
  duplicates: [],
  shared: [],
  tooLong: 0,
} satisfies FitEvidence;

test('a fit without a fault is warned of nothing', () => {
  expect(fitWarnings(good)).toEqual([]);
});

test('a fit without prompts to choose by says so, and not that its layers tell nothing apart', () => {
  const layers = good.layers.map((layer) => ({ ...layer, auc: undefined }));
  expect(fitWarnings({ ...good, layers })).toEqual([expect.stringContaining('set aside to choose by')]);
});

test('prompts called harmful that the model answers are asked about, and so are benign ones that score as malicious', () => {
  const answered = good.prompts.map((row) => (row.label === 'harmful' ? { ...row, refused: row.line % 8 === 0 } : row));
  expect(fitWarnings({ ...good, prompts: answered })).toEqual([
    expect.stringMatching(
      /^The unsteered model refuses only 5 of 40 prompts labelled harmful .* labels are not swapped/,
    ),
  ]);
  const mislabelled = good.prompts.map((row) =>
    row.label === 'benign' && row.line > 90 ? { ...row, unseen: 0.9 } : row,
  );
  expect(fitWarnings({ ...good, prompts: mislabelled })).toEqual([
    expect.stringMatching(/^10 of 100\u00a0prompts labelled benign score above .* the highest are benign\.jsonl:91, /),
  ]);
});

test('layers that tell nothing apart, and a refusal direction that half of the prompts does not confirm, are told', () => {
  const [unsteered, steered] = good.layers;
  const blind = [unsteered!, { ...steered!, auc: 0.55 }];
  expect(fitWarnings({ ...good, layers: blind })).toEqual([expect.stringMatching(/^No layer tells malicious prompts/)]);
  const random = [unsteered!, { ...steered!, stability: { ...steered!.stability, r: 0.04 } }];
  expect(fitWarnings({ ...good, layers: random })).toEqual([
    expect.stringMatching(/^The refusal direction changes .* cosine of 0\.04 at layer 8 /),
  ]);
});

test('a kind of jailbreak that is missed beyond chance is named with its interval', () => {
  const attacks = { ...good.attacks, encoding: { n: 38, recognised: 0 } };
  expect(fitWarnings({ ...good, attacks })).toEqual([
    expect.stringMatching(/^Jailbreaks of the kind "encoding" .* 0 of 38 \(0\.0–9\.2\u00a0%\)/),
  ]);
});

test('few prompts of a side, and few goals, are told', () => {
  const few = good.prompts.filter(({ label, line }) => label === 'benign' || (label === 'jailbreak' && line <= 5));
  expect(fitWarnings({ ...good, prompts: few })).toEqual([
    expect.stringMatching(/^The fit has 100\u00a0benign prompts and 5 malicious ones/),
    expect.stringMatching(/^The 5 malicious prompts are only 5 different goals/),
  ]);
});

test('what the evaluation has as well is told, and what was too long to be fitted on', () => {
  const duplicates = many(7, (i) => prompt('benign', i, 0)).map(({ file, line }) => ({ file, line }));
  const shared = {
    severity: 'warning',
    file: 'fit.jsonl',
    line: 3,
    message: 'A near copy.',
    fix: 'Keep one.',
  } as const;
  expect(fitWarnings({ ...good, duplicates, shared: [shared], tooLong: 2 })).toEqual([
    'fit.jsonl:3: A near copy. Keep one.',
    expect.stringMatching(
      /^7\u00a0prompts of the fit’s files stand in the evaluation too .* benign\.jsonl:5 and 2 more\.$/,
    ),
    expect.stringMatching(/^2\u00a0prompts of the fit are longer than the model’s context and were left out/),
  ]);
});
