import { partAbove } from '../../core/alphasteer.ts';
import type { Config } from '../../core/config.ts';
import type { AttackFit } from '../../core/evaluation/data/run-fit.ts';
import {
  chooseLayers,
  recognised,
  thresholdsOf,
  type BenignShares,
  type LayerChoice,
  type LayerScores,
} from '../../core/fit/choose-layers.ts';
import type { Label } from '../../core/prompts/prompt.ts';
import { benignShares, solveCandidates, type Candidate, type RatioScore, type SolveContext } from './candidates.ts';
import { attackFits } from './fit-diagnostics.ts';
import type { FitParts } from './fit-prompts.ts';

/** What a fit steers, before its strength is chosen. */
export interface ChosenSteering {
  readonly candidates: readonly Candidate[];
  /** The layers to steer, ascending, and the threshold of each. */
  readonly layers: readonly Candidate[];
  readonly thresholds: readonly number[];
  /**
   * How the pair of layers compares with the next best; null where the layers were given or no two are far enough
   * apart.
   */
  readonly pairs: LayerChoice['pairs'];
  readonly ratio: number;
  /** What each ratio recognises of the choose split's jailbreaks, on average over the candidate layers. */
  readonly ratios: readonly RatioScore[];
  /**
   * How many layers were candidates, of how many jailbreaks the ratios recognise a part, and of how many the layers do.
   */
  readonly tried: { readonly layers: number; readonly ofChoose: number; readonly ofFit: number };
  /** Part of the jailbreaks that the layers recognise together, each scored by a fit without its kind. */
  readonly recognised: number;
  readonly attacks: Readonly<Record<string, AttackFit>>;
  /** Part of the benign labels' prompts that is steered at all, each scored by a fit without it. */
  readonly steeredPart: { readonly benign: number; readonly borderline: number };
}

/**
 * Solves every candidate layer; chooses the null-space ratio on the choose split, and the layers and their thresholds
 * by fits that leave prompts out, as far as they are not given.
 *
 * @param parts the malicious prompts have their verdicts
 * @param layers `tried` are the candidates, in the order of the cache's values; `given` those set by hand; `ofModel`
 * how many the model has
 */
export async function chooseSteering(
  parts: FitParts,
  layers: {
    readonly tried: readonly number[];
    readonly given: readonly number[] | undefined;
    readonly ofModel: number;
  },
  options: Config['fit'],
  context: SolveContext,
): Promise<ChosenSteering> {
  const { tried, given, ofModel } = layers;
  const { candidates, ratio, ratios, ofChoose } = await solveCandidates(parts, tried, options, context);
  const shares = benignShares(options);
  const apart = Math.max(1, Math.round(ofModel / 6));
  const choice = chooseLayers(
    candidates.map(({ layer, unseenByLabel }) => ({ layer, unseen: unseenByLabel })),
    apart,
    shares,
  );
  const names = given ?? choice.layers;
  const steered = candidates.filter(({ layer }) => names.includes(layer)).sort((a, b) => a.layer - b.layer);
  const together = steered.map(({ unseenByLabel }) => unseenByLabel);
  const thresholds = thresholdsAsAsked(options.threshold, together, shares);
  const partSteered = (label: Label): number =>
    partAbove(
      together.map(({ benign }) => benign[label] ?? []),
      thresholds,
    );
  return {
    candidates,
    layers: steered,
    thresholds,
    pairs: given === undefined ? choice.pairs : null,
    ratio,
    ratios,
    tried: { layers: tried.length, ofChoose, ofFit: together[0]!.malicious.length },
    recognised: recognised(together, shares),
    attacks: attackFits(parts.fit, steered, thresholds),
    steeredPart: { benign: partSteered('benign'), borderline: partSteered('borderline') },
  };
}

/** The thresholds of layers steered together, in their order: as configured, or as low as the shares allow. */
export function thresholdsAsAsked(
  asked: Config['fit']['threshold'],
  unseen: readonly LayerScores[],
  shares: BenignShares,
): number[] {
  if (asked === 'auto') return thresholdsOf(unseen, shares);
  return unseen.map(() => (asked === 'none' ? -Infinity : asked));
}
