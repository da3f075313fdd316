import {
  benignSpectrum,
  benignVarianceInside,
  intoSpectrum,
  kindContrasts,
  meanDifference,
  nullSpaceCut,
  refusalDirection,
  sampleSpectrum,
  steeringVector,
  type Penalties,
  type Ridge,
} from '../../core/alphasteer.ts';
import { cosine, dot, norm } from '../../core/linalg/inner-product.ts';
import type { AddProduct } from '../../core/linalg/product.ts';
import { joinRowSums } from '../../core/linalg/row-sums.ts';
import { isMalicious, type Label } from '../../core/prompts/prompt.ts';
import type { LayerFit } from '../../core/evaluation/data/run-fit.ts';
import { meanByLabel } from '../../core/evaluation/rates/mean-by-label.ts';
import { separation } from '../../core/evaluation/rates/separation.ts';
import { splitHalfCosine } from '../../core/fit/split-half.ts';
import { joinParts, type FitRow, type LayerSums, type PartSums } from './layer-sums.ts';

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
  readonly fitted: Pick<
    LayerFit,
    | 'layer'
    | 'auc'
    | 'aucOf'
    | 'meanScore'
    | 'leakage'
    | 'leakage95'
    | 'refusalNorm'
    | 'templateCosine'
    | 'spectrum'
    | 'cut'
    | 'cutMoved'
    | 'benignVarianceInside'
  >;
}

export interface LayerSolution {
  readonly layer: number;
  /** [d] */
  readonly r: Float64Array;
  /** ‖h‖ of the choose split's prompts, in their order. */
  readonly chooseNorms: readonly number[];
  /** See `splitHalfCosine`. */
  readonly splitHalf: number | null;
  /** One for each ratio asked for. */
  readonly ratios: readonly RatioSolution[];
}

/**
 * r of one layer, and w at each ratio, with their scores of the choose split.
 * @throws {HumanError} when the model refused all or none of the malicious prompts
 */
export async function solveLayer(
  layer: number,
  sums: LayerSums,
  choose: Iterable<Pick<FitRow, 'label' | 'read'>>,
  ratios: readonly number[],
  options: RegressionOptions,
  addProduct: AddProduct,
): Promise<LayerSolution> {
  const whole = joinParts(sums.parts);
  const r = refusalDirection(
    joinRowSums(sums.refusal.map(({ refused }) => refused)),
    joinRowSums(sums.refusal.map(({ answered }) => answered)),
  );
  const spectrum = await benignSpectrum(whole.benign, addProduct);
  const cuts = ratios.map((ratio) => nullSpaceCut(spectrum, ratio));
  const regression = await intoSpectrum(spectrum, whole.malicious, addProduct, Math.max(...cuts.map(({ k }) => k)));
  const penalties = penaltiesOf(whole, options);
  const ws: Float64Array[] = [];
  for (const { k } of cuts) ws.push(await steeringVector(regression, k, options.ridge, addProduct, penalties));

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
    splitHalf: splitHalfCosine(sums.refusal),
    ratios: cuts.map(({ k, moved }, at) => {
      const score = (row: (typeof scored)[number]): number => row.s[at]!;
      const scoresOf = (wanted: (label: Label) => boolean): number[] =>
        scored.filter(({ label }) => wanted(label)).map(score);
      const benign = scoresOf((label) => !isMalicious(label));
      const { auc, leakage, leakage95 } = separation(scoresOf(isMalicious), benign);
      return {
        w: ws[at]!,
        choose: scored.map(score),
        fitted: {
          layer,
          auc,
          aucOf: Object.fromEntries(
            (['harmful', 'jailbreak'] as const).flatMap((label) => {
              const own = separation(
                scoresOf((one) => one === label),
                benign,
              ).auc;
              return own === undefined ? [] : [[label, own]];
            }),
          ),
          meanScore: meanByLabel(scored, score),
          leakage,
          leakage95,
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

/** What the regression on these prompts is told to keep near a score of 0. */
export function penaltiesOf(
  { wrappers }: PartSums,
  { benignPenalty, templatePenalty }: Pick<RegressionOptions, 'benignPenalty' | 'templatePenalty'>,
): Penalties {
  return { benign: benignPenalty, contrasts: kindContrasts([...wrappers.values()], templatePenalty) };
}
