import type { Config } from '../../core/config.ts';
import type { LayerStability } from '../../core/evaluation/data/run-fit.ts';
import { recognised, type BenignShares, type LayerScores } from '../../core/fit/choose-layers.ts';
import type { AddProduct } from '../../core/linalg/product.ts';
import type { Label } from '../../core/prompts/prompt.ts';
import { mean } from '../../core/stats/mean.ts';
import type { Job, Stopwatch } from '../job.ts';
import type { ActivationCache } from './activation-cache.ts';
import { unseenScores, withoutEachFold } from './cross-check.ts';
import { aucOfAttack, layerStability, scoresByLabel } from './fit-diagnostics.ts';
import { folds, goalParts, type FitParts, type FitPrompts } from './fit-prompts.ts';
import { sumLayer, type FitRow, type LayerSums } from './layer-sums.ts';
import { solveLayer, type LayerSolution, type RatioSolution } from './solve-layer.ts';

/**
 * Null-space ratios tried where the configuration says "auto": the ends of the paper's range, and no null space but the
 * penalty.
 */
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

/** What layers are solved with. */
export interface SolveContext {
  readonly cache: ActivationCache;
  /** Length of an activation. */
  readonly d: number;
  readonly addProduct: AddProduct;
  readonly job: Job;
  readonly watch: Stopwatch;
}

export interface RatioScore {
  readonly ratio: number;
  /** Part of the choose split's jailbreaks, on average over the candidate layers. */
  readonly recognised: number;
}

export interface Candidates {
  /** In the order of the layers given. */
  readonly candidates: readonly Candidate[];
  /** The null-space ratio chosen on the choose split. */
  readonly ratio: number;
  readonly ratios: readonly RatioScore[];
  /** Of how many jailbreaks of the choose split the ratios recognise a part. */
  readonly ofChoose: number;
}

interface Solved extends LayerSolution {
  /** w of each fit without a fold, at the ratio that is mostly the best. */
  readonly atLikely: readonly Float64Array[];
}

/** What part of the benign prompts the budget lets a fit steer. */
export function benignShares({ benignBudget }: Pick<Config['fit'], 'benignBudget'>): BenignShares {
  return { benign: benignBudget.overRefusal, borderline: benignBudget.borderline };
}

/**
 * Solves every layer at every null-space ratio, chooses the ratio on the choose split, and measures each layer at that
 * ratio by fits that leave prompts out.
 * @param tried the layers, in the order of the cache's values
 */
export async function solveCandidates(
  parts: FitParts,
  tried: readonly number[],
  options: Config['fit'],
  context: SolveContext,
): Promise<Candidates> {
  const ratios = options.nullSpaceRatio === 'auto' ? autoRatios : [options.nullSpaceRatio];
  const likely = Math.max(...ratios);
  const solutions = await solveEach(parts, tried, ratios, likely, options, context);
  context.watch.lap('solve', `${tried.length} layers, ${ratios.length} null-space ratios, ${folds} folds`);
  const labels = Array.from(parts.choose, ({ label }) => label);
  const onChoose = ratios.map((ratio, at) => ({
    ratio,
    recognised: mean(
      solutions.map((solution) => recognised([byLabel(solution.ratios[at]!.choose, labels)], benignShares(options))),
    ),
  }));
  const best = onChoose.reduce((a, b) => (b.recognised > a.recognised ? b : a));
  const candidates = await crossCheckEach(parts, solutions, { best: best.ratio, likely, ratios }, options, context);
  context.watch.lap('cross-check', `${tried.length} layers`);
  return {
    candidates,
    ratio: best.ratio,
    ratios: onChoose,
    ofChoose: byLabel(solutions[0]!.ratios[0]!.choose, labels).malicious.length,
  };
}

/**
 * The layers' solutions. They are cross-checked at `likely` while the sums are at hand: a ratio of 1 needs no
 * eigenvectors.
 */
async function solveEach(
  { fit, choose }: FitParts,
  tried: readonly number[],
  ratios: readonly number[],
  likely: number,
  options: Config['fit'],
  context: SolveContext,
): Promise<Solved[]> {
  const { job, addProduct } = context;
  const solutions: Solved[] = [];
  for (const [k, layer] of tried.entries()) {
    job.progress({ phase: 'Solve', done: k, total: tried.length, unit: 'layers' });
    await job.checkpoint();
    const sums = await sumsAt(fit, k, options, context);
    const solution = await solveLayer(layer, sums, rowsAt(choose, k, context), ratios, options, addProduct);
    solutions.push({ ...solution, atLikely: await withoutEachFold(sums, likely, options, addProduct) });
  }
  return solutions;
}

async function crossCheckEach(
  { fit, choose }: FitParts,
  solutions: readonly Solved[],
  { best, likely, ratios }: { readonly best: number; readonly likely: number; readonly ratios: readonly number[] },
  options: Config['fit'],
  context: SolveContext,
): Promise<Candidate[]> {
  const { job, addProduct } = context;
  const candidates: Candidate[] = [];
  for (const [k, solution] of solutions.entries()) {
    job.progress({ phase: 'Cross-check', done: k, total: solutions.length, unit: 'layers' });
    await job.checkpoint();
    const without =
      best === likely
        ? solution.atLikely
        : await withoutEachFold(await sumsAt(fit, k, options, context), best, options, addProduct);
    const chosen = solution.ratios[ratios.indexOf(best)]!;
    const unseen = await unseenScores(fit.length, rowsAt(fit, k, context), without);
    const unseenByLabel = scoresByLabel(fit, unseen);
    candidates.push({
      layer: solution.layer,
      r: solution.r,
      chooseNorms: solution.chooseNorms,
      ...chosen,
      without,
      unseen,
      unseenByLabel,
      recognised: recognised([unseenByLabel], benignShares(options)),
      aucOfAttack: aucOfAttack(fit, unseen),
      stability: await layerStability(chosen.w, without, solution.splitHalf, rowsAt(choose, k, context)),
    });
  }
  return candidates;
}

/**
 * The prompts at the k-th layer. Each row is made when its turn comes: at 200 bytes each, all rows would take most of a
 * layer's memory.
 */
function rowsAt(part: FitPrompts, k: number, { cache, d }: SolveContext): Iterable<FitRow> {
  return {
    *[Symbol.iterator]() {
      for (const { label, verdict, template, fold, goalPart, hash } of part)
        yield { label, verdict, template, fold, goalPart, read: () => cache.read(hash, k * d, d) };
    },
  };
}

async function sumsAt(
  fit: FitPrompts,
  k: number,
  { balanceLabels }: Config['fit'],
  context: SolveContext,
): Promise<LayerSums> {
  return sumLayer(context.d, rowsAt(fit, k, context), { folds, goals: goalParts }, balanceLabels, context.addProduct);
}

/** The choose split's scores by label; jailbreaks stand for the malicious ones where there are any. */
function byLabel(scores: readonly number[], labels: readonly Label[]): LayerScores {
  const only = (label: Label): number[] => scores.filter((_, i) => labels[i] === label);
  return {
    benign: { benign: only('benign'), borderline: only('borderline') },
    malicious: only(labels.includes('jailbreak') ? 'jailbreak' : 'harmful'),
  };
}
