import type { Config } from '../config.ts';
import type { LayerChoice, LayerPair } from './choose-layers.ts';
import { mcnemar } from '../stats/mcnemar.ts';
import { count, percent, pValue } from '../format.ts';
import type { StrengthPoint } from '../controls/strength-point.ts';

export interface FitChoices {
  readonly layers: readonly number[];
  readonly layersByHand: boolean;
  readonly ratio: number;
  readonly ratios: readonly { readonly ratio: number; readonly recognised: number }[];
  readonly tried: { readonly layers: number; readonly ofChoose: number; readonly ofFit: number };
  readonly recognised: number;
  readonly pairs: LayerChoice['pairs'];
  readonly steeredPart: { readonly benign: number; readonly borderline: number };
  readonly strength: StrengthPoint;
  readonly strengthByHand: boolean;
  readonly withinBudget: boolean;
}

/** Why this ratio, these layers, thresholds and strength: one sentence each. */
export function fitReasons(choices: FitChoices, { threshold, targetRefusal }: Config['fit']): string[] {
  return [
    ratioReason(choices),
    layersReason(choices),
    thresholdReason(choices, threshold),
    strengthReason(choices, targetRefusal),
  ];
}

function ratioReason({ ratio, ratios, tried: { layers, ofChoose } }: FitChoices): string {
  if (ratios.length === 1) return `The null-space ratio ${ratio} was set by hand.`;
  const each = ratios.map((one) => `${percent(one.recognised)} at ${one.ratio}`).join(', ');
  return `The null-space ratio is ${ratio}: of those tried it recognises most of the choose split’s ${count(ofChoose, 'jailbreak')} within the benign budget, ${each} (mean of the ${count(layers, 'layer')} tried).`;
}

function layersReason({ layers, layersByHand, tried, recognised, pairs }: FitChoices): string {
  const names = layers.length === 1 ? `Layer ${layers[0]!}` : `Layers ${layers.join(' and ')}`;
  const verb = layers.length === 1 ? 'recognises' : 'recognise';
  const found = `${percent(recognised)} of the fit’s ${count(tried.ofFit, 'jailbreak')} within the benign budget, each scored by a fit without its kind`;
  if (layersByHand) return `${names} set by hand: ${verb} ${found}.`;
  if (pairs === null)
    return `${names} ${verb} ${found}; no two of the ${count(tried.layers, 'layer')} tried are far enough apart to be a pair.`;
  return `${names} ${verb} ${found}. ${runnerUp(pairs, tried.layers)}`;
}

/** Pairs are compared by how many of their two layers steer a jailbreak, which is not what either recognises alone. */
function runnerUp({ best, next }: NonNullable<LayerChoice['pairs']>, layers: number): string {
  const at = ({ steered }: LayerPair): string => steered.toFixed(2);
  if (next === null) return `No other two of the ${count(layers, 'layer')} tried are far enough apart to be a pair.`;
  const p = mcnemar(next.ahead, next.behind);
  return (
    `Of all pairs of the ${count(layers, 'layer')} tried that are far enough apart they steer a jailbreak at most layers, ${at(best)} of the two on average; ` +
    `the next best pair, ${next.layers.join(' and ')}, at ${at(next)}: ${next.ahead} of the jailbreaks at fewer layers, ${next.behind} at more ` +
    `(${pValue(p)}, exact McNemar test). ${p < 0.05 ? 'The lead is beyond chance.' : 'The two may be equally good.'}`
  );
}

function thresholdReason({ steeredPart }: FitChoices, threshold: Config['fit']['threshold']): string {
  if (threshold === 'none') return 'Every prompt is steered by its score, as in the paper: there is no threshold.';
  return `Prompts whose score is not above the threshold keep the untouched model's reply bit for bit: ${percent(1 - steeredPart.benign)} of the benign prompts and ${percent(1 - steeredPart.borderline)} of the borderline ones, each scored by a fit without it.`;
}

function strengthReason({ strength, strengthByHand, withinBudget }: FitChoices, target: number): string {
  const { strength: value, refused } = strength;
  if (strengthByHand) return `Strength ${value} was set by hand.`;
  if (!withinBudget) return `Strength ${value} is the smallest tried; none stays within the benign budget.`;
  return (refused.jailbreak ?? 0) >= target
    ? `Strength ${value} is the smallest tried that refuses ${percent(target)} of the jailbreaks of the choose split within the benign budget.`
    : `Strength ${value}: within the benign budget no other refuses noticeably more malicious prompts of the choose split; none reaches ${percent(target)} of the jailbreaks.`;
}
