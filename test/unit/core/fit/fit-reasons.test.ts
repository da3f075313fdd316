import { expect, test } from 'vitest';
import { parseConfig } from '../../../../src/core/config.ts';
import { fitReasons, type FitChoices } from '../../../../src/core/fit/fit-reasons.ts';

const { fit } = parseConfig('{ "model": "model", "prompts": { "fit": [{ "files": "a.jsonl" }] } }').config!;
const strength = {
  strength: 2,
  refused: { jailbreak: 0.8 },
  n: { jailbreak: 10 },
  benignKl: 0,
  degenerate: 0,
  chosen: true,
};
const choices: FitChoices = {
  layers: [16, 22],
  layersByHand: false,
  ratio: 1,
  ratios: [
    { ratio: 0.3, recognised: 0.07 },
    { ratio: 1, recognised: 0.6 },
  ],
  recognised: 0.46,
  tried: { layers: 9, ofChoose: 96, ofFit: 302 },
  pairs: {
    best: { layers: [16, 22], steered: 0.871 },
    next: { layers: [14, 22], steered: 0.84, ahead: 8, behind: 1 },
  },
  steeredPart: { benign: 0.02, borderline: 0.01 },
  strength,
  strengthByHand: false,
  withinBudget: true,
};

test('each choice is told with its figures', () => {
  const [ratio, layers, threshold, chosen] = fitReasons(choices, fit);
  expect(ratio).toContain('most of the choose split’s 96\u00a0jailbreaks within the benign budget');
  expect(ratio).toContain('7.0\u00a0% at 0.3, 60.0\u00a0% at 1 (mean of the 9\u00a0layers tried)');
  expect(layers).toContain('Layers 16 and 22 recognise 46.0\u00a0% of the fit’s 302\u00a0jailbreaks');
  expect(layers).toContain('at most layers, 0.87 of the two on average; the next best pair, 14 and 22, at 0.84');
  expect(threshold).toContain('98.0\u00a0% of the benign prompts and 99.0\u00a0% of the borderline ones');
  expect(chosen).toContain('none reaches 90.0\u00a0% of the jailbreaks');
});

test('whether the layers lead the next best pair beyond chance is told by McNemar’s test over the same jailbreaks', () => {
  const next = (ahead: number, behind: number) => ({
    ...choices.pairs!,
    next: { ...choices.pairs!.next!, ahead, behind },
  });
  const reason = (ahead: number, behind: number) => fitReasons({ ...choices, pairs: next(ahead, behind) }, fit)[1];
  // scipy.stats.binomtest(1, 9).pvalue is 0.0390625, of (2, 9) 0.1796875.
  expect(reason(8, 1)).toMatch(
    /8 of the jailbreaks at fewer layers, 1 at more \(p\u00a0=\u00a00\.039, exact McNemar test\)\. The lead is beyond chance\.$/,
  );
  expect(reason(7, 2)).toMatch(/\(p\u00a0=\u00a00\.180, exact McNemar test\)\. The two may be equally good\.$/);
});

test('what was set by hand is not called a choice, and a missed budget is said', () => {
  const byHand = {
    ...choices,
    layersByHand: true,
    strengthByHand: true,
    ratios: [{ ratio: 0.5, recognised: 0.1 }],
    ratio: 0.5,
  };
  expect(fitReasons(byHand, fit).filter((reason) => reason.includes('set by hand'))).toHaveLength(3);
  expect(fitReasons({ ...choices, withinBudget: false }, fit).at(-1)).toContain('none stays within the benign budget');
  expect(fitReasons(choices, { ...fit, threshold: 'none' })[2]).toContain('Every prompt is steered');
});
