import {
  benignSpectrum,
  intoSpectrum,
  inWholeSpace,
  kindContrasts,
  nullSpaceCut,
  steeringVector,
} from '../core/alphasteer.ts';
import type { LayerScores } from '../core/choose-layers.ts';
import { GramAccumulator, sumGrams } from '../core/linalg/gram.ts';
import { dot } from '../core/linalg/inner-product.ts';
import type { GrowingRowSums } from '../core/linalg/row-sums.ts';
import { isMalicious, labels, type Label } from '../core/prompts/prompt.ts';
import { addToWrapper, benignWeights, type FitRow, type RegressionOptions } from './solve-layer.ts';

/** A prompt with the fold that is solved without it and its like; undefined: every fold fits on it. */
export interface FoldedRow extends FitRow {
  readonly fold: number | undefined;
}

/**
 * What a layer would say of prompts it never saw: w is solved once for each fold, without its prompts, and scores them.
 * Activations are read twice, and only sums and scores are kept.
 */
export async function unseenScores(
  d: number,
  rows: readonly FoldedRow[],
  folds: number,
  ratio: number,
  options: RegressionOptions,
): Promise<LayerScores> {
  const weights = benignWeights(rows, options.balanceLabels);
  // What every fold fits on, then what each fold leaves out.
  const parts = Array.from({ length: folds + 1 }, () => ({
    benign: new GramAccumulator(d),
    malicious: new GramAccumulator(d),
    wrappers: new Map<string, GrowingRowSums>(),
  }));
  for (const { label, fold, template, read } of rows) {
    const part = parts[fold === undefined ? 0 : fold + 1]!;
    const h = await read();
    if (isMalicious(label)) part.malicious.add(h);
    else part.benign.add(h, weights[label]);
    if (template !== undefined) addToWrapper(part.wrappers, template, h);
  }
  const grams = parts.map(({ benign, malicious }) => ({ benign: benign.gram(), malicious: malicious.gram() }));
  const without = Array.from({ length: folds }, (_, fold) => {
    const seen = grams.filter((_gram, part) => part !== fold + 1);
    const wrappers = parts.flatMap((part, i) => (i === fold + 1 ? [] : [...part.wrappers.values()]));
    const penalties = {
      benign: options.benignPenalty,
      contrasts: kindContrasts(wrappers, options.templatePenalty),
    };
    const benign = sumGrams(seen.map((gram) => gram.benign));
    const malicious = sumGrams(seen.map((gram) => gram.malicious));
    if (ratio === 1) return steeringVector(inWholeSpace(benign, malicious), d, options.ridge, penalties);
    const spectrum = benignSpectrum(benign);
    const { k } = nullSpaceCut(spectrum, ratio);
    return steeringVector(intoSpectrum(spectrum, malicious, k), k, options.ridge, penalties);
  });

  const scores = new Map<Label, number[]>(labels.map((label) => [label, []]));
  for (const { label, fold, read } of rows)
    if (fold !== undefined) scores.get(label)!.push(dot(await read(), without[fold]!));
  return {
    benign: { benign: scores.get('benign')!, borderline: scores.get('borderline')! },
    malicious: [...scores.get('harmful')!, ...scores.get('jailbreak')!],
  };
}
