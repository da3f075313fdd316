import type { Config } from '../config.ts';
import type { StrengthPoint } from './fit-summary.ts';

export interface FitChoices {
  readonly layers: readonly number[];
  readonly layersByHand: boolean;
  readonly ratio: number;
  readonly ratios: readonly { readonly ratio: number; readonly recognised: number }[];
  readonly recognised: number;
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

function ratioReason({ ratio, ratios }: FitChoices): string {
  if (ratios.length === 1) return `The null-space ratio ${ratio} was set by hand.`;
  const each = ratios.map((tried) => `${percent(tried.recognised)} at ${tried.ratio}`).join(', ');
  return `The null-space ratio is ${ratio}: of those tried it recognises most jailbreaks of the choose split within the benign budget, ${each} (mean of all layers tried).`;
}

function layersReason({ layers, layersByHand, recognised }: FitChoices): string {
  const names = layers.length === 1 ? `Layer ${layers[0]!}` : `Layers ${layers.join(' and ')}`;
  const found = `${percent(recognised)} of the jailbreaks within the benign budget, each scored by a fit without its kind`;
  if (layersByHand) return `${names} set by hand: recognise ${found}.`;
  return `${names}: recognise ${found}; no pair of those tried steers them at more layers.`;
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

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}
