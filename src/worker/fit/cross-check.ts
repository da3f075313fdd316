import { benignSpectrum, intoSpectrum, inWholeSpace, nullSpaceCut, steeringVector } from '../../core/alphasteer.ts';
import { dot } from '../../core/linalg/inner-product.ts';
import type { AddProduct } from '../../core/linalg/product.ts';
import { joinParts, type FitRow, type LayerSums, type PartSums } from './layer-sums.ts';
import { penaltiesOf, type RegressionOptions } from './solve-layer.ts';

/** w, [d], of a fit without each fold's prompts, in the folds' order. */
export async function withoutEachFold(
  sums: LayerSums,
  ratio: number,
  options: RegressionOptions,
  addProduct: AddProduct,
): Promise<Float64Array[]> {
  const ws: Float64Array[] = [];
  for (const left of sums.parts.slice(1)) {
    const seen = joinParts(sums.parts.filter((part) => part !== left));
    ws.push(await solveSums(seen, ratio, options, addProduct));
  }
  return ws;
}

/** w, [d], of a fit on what prompts add up to. */
export async function solveSums(
  sums: PartSums,
  ratio: number,
  options: RegressionOptions,
  addProduct: AddProduct,
): Promise<Float64Array> {
  const { benign, malicious } = sums;
  const penalties = penaltiesOf(sums, options);
  if (ratio === 1)
    return steeringVector(inWholeSpace(benign, malicious), benign.d, options.ridge, addProduct, penalties);
  const spectrum = await benignSpectrum(benign, addProduct);
  const { k } = nullSpaceCut(spectrum, ratio);
  const regression = await intoSpectrum(spectrum, malicious, addProduct, k);
  return steeringVector(regression, k, options.ridge, addProduct, penalties);
}

/** The score of each of `n` prompts by the w that was solved without it and its like; NaN where every fold fits on it. */
export async function unseenScores(
  n: number,
  rows: Iterable<Pick<FitRow, 'fold' | 'read'>>,
  without: readonly Float64Array[],
): Promise<Float64Array> {
  const scores = new Float64Array(n);
  let at = 0;
  for (const { fold, read } of rows) scores[at++] = fold === undefined ? NaN : dot(await read(), without[fold]!);
  return scores;
}
