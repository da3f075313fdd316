import { partAbove, scoreThresholds, type BenignScores } from '../alphasteer.ts';
import type { Label } from '../prompts/prompt.ts';
import { mean } from '../stats/mean.ts';

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

/** Two layers, and at how many of them a malicious prompt is steered on average, 0 to 2. */
export interface LayerPair {
  readonly layers: readonly [lower: number, upper: number];
  readonly steered: number;
}

/** The best of the pairs not chosen, on the same malicious prompts. */
export interface NextPair extends LayerPair {
  /** How many malicious prompts the chosen pair steers at more layers than this one, and how many at fewer. */
  readonly ahead: number;
  readonly behind: number;
}

export interface LayerChoice {
  /** Ascending. */
  readonly layers: readonly number[];
  /** The pair chosen, and the best of the others where there is another; null where no two are far enough apart. */
  readonly pairs: { readonly best: LayerPair; readonly next: NextPair | null } | null;
}

/**
 * The pair of layers that steer a malicious prompt most often, counted together: each acts on what it recognises. They
 * are at least `apart` layers apart, so that the later one sees something else; one alone where no two are.
 */
export function chooseLayers(
  layers: readonly { readonly layer: number; readonly unseen: LayerScores }[],
  apart: number,
  shares: BenignShares,
): LayerChoice {
  const pairs = layers.flatMap((lower, at) =>
    layers
      .slice(at + 1)
      .filter((upper) => upper.layer - lower.layer >= apart)
      .map((upper) => {
        const scores = [lower.unseen, upper.unseen];
        const times = timesAbove(scores, thresholdsOf(scores, shares));
        return { pair: { layers: [lower.layer, upper.layer] as const, steered: mean(times) }, times };
      }),
  );
  const [best, next] = pairs.toSorted((a, b) => b.pair.steered - a.pair.steered);
  if (best !== undefined)
    return {
      layers: best.pair.layers,
      pairs: {
        best: best.pair,
        next: next === undefined ? null : { ...next.pair, ...compared(best.times, next.times) },
      },
    };
  const alone = layers.map(({ unseen }) => recognised([unseen], shares));
  return { layers: [layers[alone.indexOf(Math.max(...alone))]!.layer], pairs: null };
}

/** At how many layers each malicious prompt is above the threshold. */
function timesAbove(layers: readonly LayerScores[], thresholds: readonly number[]): number[] {
  return layers[0]!.malicious.map((_, i) => layers.filter(({ malicious }, l) => malicious[i]! > thresholds[l]!).length);
}

function compared(best: readonly number[], next: readonly number[]): Pick<NextPair, 'ahead' | 'behind'> {
  return {
    ahead: best.filter((times, i) => times > next[i]!).length,
    behind: best.filter((times, i) => times < next[i]!).length,
  };
}
