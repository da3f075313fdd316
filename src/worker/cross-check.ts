import { benignSpectrum, intoSpectrum, inWholeSpace, nullSpaceCut, steeringVector } from '../core/alphasteer.ts';
import { dot } from '../core/linalg/inner-product.ts';
import { joinParts, type FitRow, type LayerSums, type PartSums } from './layer-sums.ts';
import { penaltiesOf, type RegressionOptions } from './solve-layer.ts';

/** w, [d], of a fit without each fold's prompts, in the folds' order. */
export function withoutEachFold(sums: LayerSums, ratio: number, options: RegressionOptions): Float64Array[] {
  return sums.parts.slice(1).map((left) => {
    const seen = joinParts(sums.parts.filter((part) => part !== left));
    return solveSums(seen, ratio, options);
  });
}

/** w, [d], of a fit on what prompts add up to. */
export function solveSums(sums: PartSums, ratio: number, options: RegressionOptions): Float64Array {
  const { benign, malicious } = sums;
  const penalties = penaltiesOf(sums, options);
  if (ratio === 1) return steeringVector(inWholeSpace(benign, malicious), benign.d, options.ridge, penalties);
  const spectrum = benignSpectrum(benign);
  const { k } = nullSpaceCut(spectrum, ratio);
  return steeringVector(intoSpectrum(spectrum, malicious, k), k, options.ridge, penalties);
}

/** The score of each prompt by the w that was solved without it and its like; undefined where every fold fits on it. */
export async function unseenScores(
  rows: readonly FitRow[],
  without: readonly Float64Array[],
): Promise<(number | undefined)[]> {
  const scores: (number | undefined)[] = [];
  for (const { fold, read } of rows) scores.push(fold === undefined ? undefined : dot(await read(), without[fold]!));
  return scores;
}
