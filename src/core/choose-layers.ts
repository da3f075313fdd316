import { partAbove, scoreThresholds, type BenignScores } from './alphasteer.ts';
import type { Label } from './prompts/prompt.ts';

/** Scores at one layer of prompts that its w was solved without. The same prompts in the same order at every layer. */
export interface LayerScores {
  readonly benign: Readonly<Partial<Record<Label, readonly number[]>>>;
  /** Jailbreaks of kinds left out (harmful prompts where there are no jailbreaks). */
  readonly malicious: readonly number[];
}

/** What part of the prompts of a benign label may be steered at all, 0 to 1. */
export type BenignShares = Readonly<Partial<Record<Label, number>>>;

/** The thresholds of layers steered together, in their order: as low as the shares allow. */
export function thresholdsOf(layers: readonly LayerScores[], shares: BenignShares): number[] {
  const benign = (Object.entries(shares) as [Label, number][]).map(([label, share]): BenignScores => ({
    scores: layers.map((layer) => layer.benign[label] ?? []),
    share,
  }));
  return scoreThresholds(benign, layers.length);
}

/** Part of the malicious prompts that is above the threshold of one of the layers or more. */
export function recognised(layers: readonly LayerScores[], shares: BenignShares): number {
  return partAbove(
    layers.map(({ malicious }) => malicious),
    thresholdsOf(layers, shares),
  );
}

/**
 * The pair of layers that steer a malicious prompt most often, counted together: each acts on what it recognises. They
 * are at least `apart` layers apart, so that the later one sees something else; one alone where no two are.
 *
 * @returns indices of `layers`, ascending
 */
export function chooseLayers(
  layers: readonly { readonly layer: number; readonly unseen: LayerScores }[],
  apart: number,
  shares: BenignShares,
): number[] {
  const alone = layers.map(({ unseen }) => recognised([unseen], shares));
  let best = { pair: [alone.indexOf(Math.max(...alone))], steered: -1 };
  for (let lower = 0; lower < layers.length; lower++)
    for (let upper = lower + 1; upper < layers.length; upper++) {
      if (layers[upper]!.layer - layers[lower]!.layer < apart) continue;
      const scores = [layers[lower]!.unseen, layers[upper]!.unseen];
      const steered = meanAbove(scores, thresholdsOf(scores, shares));
      if (steered > best.steered) best = { pair: [lower, upper], steered };
    }
  return best.pair;
}

/** At how many layers a malicious prompt is above the threshold, on average. */
function meanAbove(layers: readonly LayerScores[], thresholds: readonly number[]): number {
  return layers.reduce((sum, { malicious }, l) => sum + partAbove([malicious], [thresholds[l]!]), 0);
}
