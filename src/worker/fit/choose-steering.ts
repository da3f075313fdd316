import { partAbove } from '../../core/alphasteer.ts';
import {
  chooseLayers,
  recognised,
  thresholdsOf,
  type BenignShares,
  type LayerChoice,
  type LayerScores,
} from '../../core/fit/choose-layers.ts';
import type { Config } from '../../core/config.ts';
import type { AddProduct } from '../../core/linalg/product.ts';
import type { Label } from '../../core/prompts/prompt.ts';
import type { AttackFit, LayerStability } from '../../core/evaluation/data/fit-summary.ts';
import { mean } from '../../core/stats/mean.ts';
import type { ActivationCache } from './activation-cache.ts';
import { unseenScores, withoutEachFold } from './cross-check.ts';
import { attackFits, aucOfAttack, layerStability, scoresByLabel } from './fit-diagnostics.ts';
import { folds, goalParts, type FitPrompts } from './fit-prompts.ts';
import type { Job, Stopwatch } from '../job.ts';
import { sumLayer, type FitRow, type LayerSums } from './layer-sums.ts';
import { solveLayer, type LayerSolution, type RatioSolution } from './solve-layer.ts';

/** Null-space ratios tried where the configuration says "auto": the ends of the paper's range, and no null space but the penalty. */
const autoRatios = [0.3, 0.6, 1];

/** A layer at the chosen ratio, with what it says of prompts that a fit never saw. */
export interface Candidate extends RatioSolution, Pick<LayerSolution, 'layer' | 'r' | 'chooseNorms'> {
  /** w of each fit without a fold, [d]. */
  readonly without: readonly Float64Array[];
  /** Of the fit's prompts in their order, each by a fit without it and its like; NaN where there is no such fit. */
  readonly unseen: Float64Array;
  readonly unseenByLabel: LayerScores;
  /** Part of the jailbreaks that this layer alone recognises. */
  readonly recognised: number;
  readonly aucOfAttack: Readonly<Record<string, number>>;
  readonly stability: LayerStability;
}

export interface ChosenSteering {
  readonly candidates: readonly Candidate[];
  /** The layers to steer, ascending, and the threshold of each. */
  readonly layers: readonly Candidate[];
  readonly thresholds: readonly number[];
  /** How the pair of layers compares with the next best; null where the layers were given or no two are far enough apart. */
  readonly pairs: LayerChoice['pairs'];
  readonly ratio: number;
  /** What each ratio recognises of the choose split's jailbreaks, on average over the candidate layers. */
  readonly ratios: readonly { readonly ratio: number; readonly recognised: number }[];
  /** How many layers were candidates, of how many jailbreaks the ratios recognise a part, and of how many the layers do. */
  readonly tried: { readonly layers: number; readonly ofChoose: number; readonly ofFit: number };
  /** Part of the jailbreaks that the layers recognise together, each scored by a fit without its kind. */
  readonly recognised: number;
  readonly attacks: Readonly<Record<string, AttackFit>>;
  /** Part of the benign labels' prompts that is steered at all, each scored by a fit without it. */
  readonly steeredPart: { readonly benign: number; readonly borderline: number };
}

/**
 * Solves every candidate layer; chooses the null-space ratio on the choose split, and the layers and their thresholds by
 * fits that leave prompts out, as far as they are not given.
 *
 * The malicious prompts have their verdicts. `tried` are the candidate layers, in the order of the cache's values; `given` those set by hand; `ofModel` how many the model has.
 */
export async function chooseSteering(
  { fit, choose }: { readonly fit: FitPrompts; readonly choose: FitPrompts },
  { tried, given, ofModel }: { tried: readonly number[]; given: readonly number[] | undefined; ofModel: number },
  options: Config['fit'],
  {
    cache,
    d,
    addProduct,
    job,
    watch,
  }: { cache: ActivationCache; d: number; addProduct: AddProduct; job: Job; watch: Stopwatch },
): Promise<ChosenSteering> {
  // Each row is made when its turn comes: 200 bytes of it for every prompt would be the most of what a layer takes.
  const atLayer = (part: FitPrompts, k: number): Iterable<FitRow> => ({
    *[Symbol.iterator]() {
      for (const { label, verdict, template, fold, goalPart, hash } of part)
        yield { label, verdict, template, fold, goalPart, read: () => cache.read(hash, k * d, d) };
    },
  });
  const shares = { benign: options.benignBudget.overRefusal, borderline: options.benignBudget.borderline };

  const ratios = options.nullSpaceRatio === 'auto' ? autoRatios : [options.nullSpaceRatio];
  // Cross-checked at once, while the sums are at hand: a ratio of 1 needs no eigenvectors, and is mostly the best.
  const likely = Math.max(...ratios);
  const sumsAt = (k: number): Promise<LayerSums> =>
    sumLayer(d, atLayer(fit, k), { folds, goals: goalParts }, options.balanceLabels, addProduct);
  const solutions: (LayerSolution & { readonly atLikely: readonly Float64Array[] })[] = [];
  for (const [k, layer] of tried.entries()) {
    job.progress({ phase: 'Solve', done: k, total: tried.length, unit: 'layers' });
    await job.checkpoint();
    const sums = await sumsAt(k);
    const solution = await solveLayer(layer, sums, atLayer(choose, k), ratios, options, addProduct);
    solutions.push({ ...solution, atLikely: await withoutEachFold(sums, likely, options, addProduct) });
  }
  watch.lap('solve', `${tried.length} layers, ${ratios.length} null-space ratios, ${folds} folds`);
  const labels = Array.from(choose, ({ label }) => label);
  const onChoose = ratios.map((ratio, at) => ({
    ratio,
    recognised: mean(solutions.map((solution) => recognised([byLabel(solution.ratios[at]!.choose, labels)], shares))),
  }));
  const best = onChoose.reduce((a, b) => (b.recognised > a.recognised ? b : a));

  const candidates: Candidate[] = [];
  for (const [k, solution] of solutions.entries()) {
    job.progress({ phase: 'Cross-check', done: k, total: tried.length, unit: 'layers' });
    await job.checkpoint();
    const without =
      best.ratio === likely
        ? solution.atLikely
        : await withoutEachFold(await sumsAt(k), best.ratio, options, addProduct);
    const chosen = solution.ratios[onChoose.indexOf(best)]!;
    const unseen = await unseenScores(fit.length, atLayer(fit, k), without);
    const unseenByLabel = scoresByLabel(fit, unseen);
    candidates.push({
      layer: solution.layer,
      r: solution.r,
      chooseNorms: solution.chooseNorms,
      ...chosen,
      without,
      unseen,
      unseenByLabel,
      recognised: recognised([unseenByLabel], shares),
      aucOfAttack: aucOfAttack(fit, unseen),
      stability: await layerStability(chosen.w, without, solution.splitHalf, atLayer(choose, k)),
    });
  }
  watch.lap('cross-check', `${tried.length} layers`);

  const apart = Math.max(1, Math.round(ofModel / 6));
  const choice = chooseLayers(
    candidates.map(({ layer, unseenByLabel }) => ({ layer, unseen: unseenByLabel })),
    apart,
    shares,
  );
  const steered = given ?? choice.layers;
  const layers = candidates.filter(({ layer }) => steered.includes(layer)).sort((a, b) => a.layer - b.layer);
  const together = layers.map(({ unseenByLabel }) => unseenByLabel);
  const thresholds = thresholdsAsAsked(options.threshold, together, shares);
  const partSteered = (label: Label): number =>
    partAbove(
      together.map(({ benign }) => benign[label] ?? []),
      thresholds,
    );
  return {
    candidates,
    layers,
    thresholds,
    pairs: given === undefined ? choice.pairs : null,
    ratio: best.ratio,
    ratios: onChoose,
    tried: {
      layers: tried.length,
      ofChoose: byLabel(solutions[0]!.ratios[0]!.choose, labels).malicious.length,
      ofFit: together[0]!.malicious.length,
    },
    recognised: recognised(together, shares),
    attacks: attackFits(fit, layers, thresholds),
    steeredPart: { benign: partSteered('benign'), borderline: partSteered('borderline') },
  };
}

export function thresholdsAsAsked(
  asked: Config['fit']['threshold'],
  unseen: readonly LayerScores[],
  shares: BenignShares,
): number[] {
  if (asked === 'auto') return thresholdsOf(unseen, shares);
  return unseen.map(() => (asked === 'none' ? -Infinity : asked));
}

/** The choose split's scores by label; jailbreaks stand for the malicious ones where there are any. */
function byLabel(scores: readonly number[], labels: readonly Label[]): LayerScores {
  const only = (label: Label): number[] => scores.filter((_, i) => labels[i] === label);
  return {
    benign: { benign: only('benign'), borderline: only('borderline') },
    malicious: only(labels.includes('jailbreak') ? 'jailbreak' : 'harmful'),
  };
}
