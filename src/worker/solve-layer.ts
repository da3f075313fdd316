import {
  benignSpectrum,
  benignVarianceInside,
  intoSpectrum,
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
import { addRow, noRows } from '../core/linalg/row-sums.ts';
import { isMalicious, type Label } from '../core/prompts/prompt.ts';
import type { LayerFit } from '../core/report/fit-summary.ts';
import { auc } from '../core/stats/auc.ts';
import { meanByLabel } from './mean-by-label.ts';

/** One prompt of the fit, as the solver sees it. */
export interface FitRow {
  readonly label: Label;
  /** Of its short base reply; malicious prompts only. */
  readonly verdict: Verdict | undefined;
  /** Its activation at the layer, [d]. */
  readonly read: () => Promise<Float32Array>;
}

export interface LayerSolution {
  readonly fitted: LayerFit;
  /** [d] each. */
  readonly w: Float64Array;
  readonly r: Float64Array;
}

/**
 * r and w of one layer, with what the prompts set aside say of them at strength 1. Each activation is read once, and
 * only sums are kept: memory does not grow with the number of prompts.
 * @throws {HumanError} when the model refused all or none of the malicious prompts
 */
export async function solveLayer(
  layer: number,
  d: number,
  fit: readonly FitRow[],
  choose: readonly FitRow[],
  { ratio, ridge }: { ratio: number; ridge: Ridge },
): Promise<LayerSolution> {
  const gram = { benign: new GramAccumulator(d), malicious: new GramAccumulator(d) };
  const sums = { refused: noRows(d), answered: noRows(d), harmful: noRows(d), jailbreak: noRows(d) };
  for (const { label, verdict, read } of fit) {
    const h = await read();
    gram[isMalicious(label) ? 'malicious' : 'benign'].add(h);
    if (label === 'harmful' || label === 'jailbreak') addRow(sums[label], h);
    if (verdict === 'refused') addRow(sums.refused, h);
    if (verdict === 'complied') addRow(sums.answered, h);
  }
  const r = refusalDirection(sums.refused, sums.answered);
  const spectrum = benignSpectrum(gram.benign.gram());
  const { k, moved } = nullSpaceCut(spectrum, ratio);
  const w = steeringVector(intoSpectrum(spectrum, gram.malicious.gram(), k), k, ridge);

  const scored: { label: Label; s: number; h: number }[] = [];
  for (const { label, read } of choose) {
    const h = await read();
    scored.push({ label, s: dot(h, w), h: norm(h) });
  }
  const scoresOf = (malicious: boolean): number[] =>
    scored.filter(({ label }) => isMalicious(label) === malicious).map(({ s }) => s);
  const refusalNorm = norm(r);
  const { harmful, jailbreak } = sums;
  return {
    w,
    r,
    fitted: {
      layer,
      steered: false,
      auc: auc(scoresOf(true), scoresOf(false)),
      meanScore: meanByLabel(scored, ({ s }) => s),
      norm: meanByLabel(scored, ({ s }) => Math.abs(s) * refusalNorm),
      relativeNorm: meanByLabel(scored, ({ s, h }) => (Math.abs(s) * refusalNorm) / h),
      leakage: leakage(scoresOf(false)),
      refusalNorm,
      templateCosine: harmful.rows > 0 && jailbreak.rows > 0 ? cosine(r, meanDifference(harmful, jailbreak)) : 1,
      spectrum: sampleSpectrum(spectrum, 200),
      cut: k,
      cutMoved: moved,
      benignVarianceInside: benignVarianceInside(spectrum, k),
    },
  };
}
