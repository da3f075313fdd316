import { partAbove } from '../core/alphasteer.ts';
import { chooseLayers, recognised, thresholdsOf, type BenignShares, type LayerScores } from '../core/choose-layers.ts';
import type { Config } from '../core/config.ts';
import type { Verdict } from '../core/judge/verdict.ts';
import { dealFolds } from '../core/prompts/folds.ts';
import type { Label } from '../core/prompts/prompt.ts';
import type { Split } from '../core/prompts/split.ts';
import { templatesOf } from '../core/prompts/templates.ts';
import { mean } from '../core/stats/mean.ts';
import type { ActivationCache } from './activation-cache.ts';
import type { Encoded } from './encode-prompts.ts';
import type { Job, Stopwatch } from './job.ts';
import { solveLayer, type FitRow, type LayerSolution, type RatioSolution } from './solve-layer.ts';
import { unseenScores } from './unseen-scores.ts';

/** Null-space ratios tried where the configuration says "auto": the ends of the paper's range, and no null space but the penalty. */
const autoRatios = [0.3, 0.6, 1];
/** Each prompt is scored once by a fit without it and its like: a fit without an eighth of them. */
const folds = 8;

/** A layer at the chosen ratio, with what it says of prompts that a fit never saw. */
export interface Candidate extends RatioSolution, Pick<LayerSolution, 'layer' | 'r' | 'chooseNorms'> {
  readonly unseen: LayerScores;
  /** Part of the jailbreaks that this layer alone recognises. */
  readonly recognised: number;
}

export interface ChosenSteering {
  readonly candidates: readonly Candidate[];
  /** The layers to steer, ascending, and the threshold of each. */
  readonly layers: readonly Candidate[];
  readonly thresholds: readonly number[];
  readonly ratio: number;
  /** What each ratio recognises of the choose split's jailbreaks, on average over the candidate layers. */
  readonly ratios: readonly { readonly ratio: number; readonly recognised: number }[];
  /** Part of the jailbreaks that the layers recognise together, each scored by a fit without its kind. */
  readonly recognised: number;
  /** Part of the benign labels' prompts that is steered at all, each scored by a fit without it. */
  readonly steeredPart: { readonly benign: number; readonly borderline: number };
}

/** The prompts of a fit: encoded, split, and the malicious ones labelled by the model's own short replies. */
export interface FitPrompts {
  readonly split: Split;
  readonly fit: readonly Encoded[];
  readonly choose: readonly Encoded[];
  readonly verdicts: ReadonlyMap</* token hash */ string, Verdict>;
}

/**
 * Solves every candidate layer; chooses the null-space ratio on the choose split, and the layers and their thresholds by
 * fits that leave prompts out, as far as they are not given.
 *
 * `tried` are the candidate layers, in the order of the cache's values; `given` those set by hand; `ofModel` how many the model has.
 */
export async function chooseSteering(
  { split, fit, choose, verdicts }: FitPrompts,
  { tried, given, ofModel }: { tried: readonly number[]; given: readonly number[] | undefined; ofModel: number },
  options: Config['fit'],
  { cache, d, job, watch }: { cache: ActivationCache; d: number; job: Job; watch: Stopwatch },
): Promise<ChosenSteering> {
  const templates = templatesOf(split.fit);
  const atLayer = (k: number, { prompt, hash }: Encoded): FitRow => ({
    label: prompt.label,
    verdict: verdicts.get(hash),
    template: templates.get(prompt.id),
    read: () => cache.read(hash, k * d, d),
  });
  const shares = { benign: options.benignBudget.overRefusal, borderline: options.benignBudget.borderline };

  const ratios = options.nullSpaceRatio === 'auto' ? autoRatios : [options.nullSpaceRatio];
  const solutions: LayerSolution[] = [];
  for (const [k, layer] of tried.entries()) {
    job.progress({ phase: 'Solve', done: k, total: tried.length, unit: 'layers' });
    await job.checkpoint();
    const rowsOf = (part: readonly Encoded[]): FitRow[] => part.map((row) => atLayer(k, row));
    solutions.push(await solveLayer(layer, d, rowsOf(fit), rowsOf(choose), ratios, options));
  }
  watch.lap('solve', `${tried.length} layers, ${ratios.length} null-space ratios`);
  const labels = choose.map(({ prompt }) => prompt.label);
  const onChoose = ratios.map((ratio, at) => ({
    ratio,
    recognised: mean(solutions.map((solution) => recognised([byLabel(solution.ratios[at]!.choose, labels)], shares))),
  }));
  const best = onChoose.reduce((a, b) => (b.recognised > a.recognised ? b : a));

  const foldOf = dealFolds(split.fit, folds, split.groupOf, ({ id }) => templates.get(id)!);
  const candidates: Candidate[] = [];
  for (const [k, solution] of solutions.entries()) {
    job.progress({ phase: 'Cross-check', done: k, total: tried.length, unit: 'layers' });
    await job.checkpoint();
    const rows = fit.map((row) => ({ ...atLayer(k, row), fold: foldOf.get(row.prompt.id) }));
    const unseen = await unseenScores(d, rows, folds, best.ratio, options);
    candidates.push({
      layer: solution.layer,
      r: solution.r,
      chooseNorms: solution.chooseNorms,
      ...solution.ratios[onChoose.indexOf(best)]!,
      unseen,
      recognised: recognised([unseen], shares),
    });
  }
  watch.lap('cross-check', `${tried.length} layers, ${folds} folds`);

  const apart = Math.max(1, Math.round(ofModel / 6));
  const steered = given ?? chooseLayers(candidates, apart, shares).map((k) => tried[k]!);
  const layers = candidates.filter(({ layer }) => steered.includes(layer)).sort((a, b) => a.layer - b.layer);
  const unseen = layers.map((layer) => layer.unseen);
  const thresholds = thresholdsAsAsked(options.threshold, unseen, shares);
  const partSteered = (label: Label): number =>
    partAbove(
      unseen.map(({ benign }) => benign[label] ?? []),
      thresholds,
    );
  return {
    candidates,
    layers,
    thresholds,
    ratio: best.ratio,
    ratios: onChoose,
    recognised: recognised(unseen, shares),
    steeredPart: { benign: partSteered('benign'), borderline: partSteered('borderline') },
  };
}

function thresholdsAsAsked(
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
