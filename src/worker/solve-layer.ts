import {
  benignSpectrum,
  benignVarianceInside,
  intoSpectrum,
  kindContrasts,
  leakage,
  meanDifference,
  nullSpaceCut,
  refusalDirection,
  sampleSpectrum,
  steeringVector,
  type Ridge,
} from '../core/alphasteer.ts';
import type { Verdict } from '../core/judge/verdict.ts';
import { GramAccumulator } from '../core/linalg/gram.ts';
import { cosine, dot, norm } from '../core/linalg/inner-product.ts';
import { addRow, noRows, type GrowingRowSums } from '../core/linalg/row-sums.ts';
import { isMalicious, type Label } from '../core/prompts/prompt.ts';
import type { LayerFit } from '../core/report/fit-summary.ts';
import { meanByLabel } from '../core/report/mean-by-label.ts';
import { auc } from '../core/stats/auc.ts';

/** One prompt of the fit, as the solver sees it. */
export interface FitRow {
  readonly label: Label;
  /** Of its short base reply; malicious prompts only. */
  readonly verdict: Verdict | undefined;
  /** The wrapper of a jailbreak. */
  readonly template: string | undefined;
  /** Its activation at the layer, [d]. */
  readonly read: () => Promise<Float32Array>;
}

/** How w is solved for, beside the ratio: as configured. */
export interface RegressionOptions {
  readonly ridge: Ridge;
  readonly balanceLabels: boolean;
  readonly benignPenalty: number;
  readonly templatePenalty: number;
}

/** A layer at one null-space ratio. */
export interface RatioSolution {
  /** [d] */
  readonly w: Float64Array;
  /** Scores of the choose split's prompts, in their order. */
  readonly choose: readonly number[];
  /** What the prompts set aside say of it, whatever is steered in the end. */
  readonly fitted: Omit<LayerFit, 'steered' | 'threshold' | 'recognised' | 'norm' | 'relativeNorm'>;
}

export interface LayerSolution {
  readonly layer: number;
  /** [d] */
  readonly r: Float64Array;
  /** ‖h‖ of the choose split's prompts, in their order. */
  readonly chooseNorms: readonly number[];
  /** One for each ratio asked for. */
  readonly ratios: readonly RatioSolution[];
}

/**
 * r of one layer, and w at each ratio. Each activation is read once, and only sums are kept: memory does not grow with
 * the number of prompts.
 * @throws {HumanError} when the model refused all or none of the malicious prompts
 */
export async function solveLayer(
  layer: number,
  d: number,
  fit: readonly FitRow[],
  choose: readonly FitRow[],
  ratios: readonly number[],
  options: RegressionOptions,
): Promise<LayerSolution> {
  const weights = benignWeights(fit, options.balanceLabels);
  const gram = { benign: new GramAccumulator(d), malicious: new GramAccumulator(d) };
  const wrappers = new Map<string, GrowingRowSums>();
  const sums = { refused: noRows(d), answered: noRows(d), harmful: noRows(d), jailbreak: noRows(d) };
  for (const { label, verdict, template, read } of fit) {
    const h = await read();
    if (isMalicious(label)) gram.malicious.add(h);
    else gram.benign.add(h, weights[label]);
    if (label === 'harmful' || label === 'jailbreak') addRow(sums[label], h);
    if (verdict === 'refused') addRow(sums.refused, h);
    if (verdict === 'complied') addRow(sums.answered, h);
    if (template !== undefined) addToWrapper(wrappers, template, h);
  }
  const r = refusalDirection(sums.refused, sums.answered);
  const spectrum = benignSpectrum(gram.benign.gram());
  const cuts = ratios.map((ratio) => nullSpaceCut(spectrum, ratio));
  const regression = intoSpectrum(spectrum, gram.malicious.gram(), Math.max(...cuts.map(({ k }) => k)));
  const penalties = {
    benign: options.benignPenalty,
    contrasts: kindContrasts([...wrappers.values()], options.templatePenalty),
  };
  const ws = cuts.map(({ k }) => steeringVector(regression, k, options.ridge, penalties));

  const scored: { label: Label; s: readonly number[]; h: number }[] = [];
  for (const { label, read } of choose) {
    const h = await read();
    scored.push({ label, s: ws.map((w) => dot(h, w)), h: norm(h) });
  }
  const { harmful, jailbreak } = sums;
  const templateCosine = harmful.rows > 0 && jailbreak.rows > 0 ? cosine(r, meanDifference(harmful, jailbreak)) : 1;
  return {
    layer,
    r,
    chooseNorms: scored.map(({ h }) => h),
    ratios: cuts.map(({ k, moved }, at) => {
      const score = (row: (typeof scored)[number]): number => row.s[at]!;
      const scoresOf = (malicious: boolean): number[] =>
        scored.filter(({ label }) => isMalicious(label) === malicious).map(score);
      return {
        w: ws[at]!,
        choose: scored.map(score),
        fitted: {
          layer,
          auc: auc(scoresOf(true), scoresOf(false)),
          meanScore: meanByLabel(scored, score),
          leakage: leakage(scoresOf(false)),
          refusalNorm: norm(r),
          templateCosine,
          spectrum: sampleSpectrum(spectrum, 200),
          cut: k,
          cutMoved: moved,
          benignVarianceInside: benignVarianceInside(spectrum, k),
        },
      };
    }),
  };
}

/** What a prompt of each benign label counts in H_b: the labels the same in all where they are balanced, 1 for the largest. */
export function benignWeights(
  rows: readonly Pick<FitRow, 'label'>[],
  balanced: boolean,
): Partial<Record<Label, number>> {
  if (!balanced) return {};
  const counts = new Map<Label, number>();
  for (const { label } of rows) if (!isMalicious(label)) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return Object.fromEntries([...counts].map(([label, count]) => [label, most / count]));
}

/** Adds an activation to the sums of its wrapper, which are made when it comes up first. */
export function addToWrapper(wrappers: Map<string, GrowingRowSums>, template: string, h: Float32Array): void {
  const sums = wrappers.get(template) ?? noRows(h.length);
  wrappers.set(template, sums);
  addRow(sums, h);
}
