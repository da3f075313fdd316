import { count, fixed } from '../../../src/core/format.ts';
import type { LayerSummary } from '../../../src/core/evaluation/data/summary.ts';

/**
 * What was measured of a layer, in a sentence or two.
 * @param threshold the score above which it steers; null where it has none
 */
export function layerWords(layer: LayerSummary | undefined, threshold: number | null): string {
  if (layer === undefined) return 'The fit measured no layer.';
  const { steered, from, auc, leakage, maliciousBelowZero } = layer;
  const where = from === 'evaluation' ? 'the evaluation prompts' : 'prompts that the fit set aside';
  const below =
    maliciousBelowZero === null || maliciousBelowZero === 0 || (threshold !== null && threshold >= 0)
      ? ''
      : ` ${count(maliciousBelowZero, 'malicious prompt')} with s below 0 ${maliciousBelowZero === 1 ? 'is' : 'are'} pushed towards answering.`;
  const steers = !steered ? 'Not steered' : threshold === null ? 'Steered' : `Steered above s = ${fixed(threshold, 3)}`;
  return `${steers}. On ${where}: AUC ${number(auc)}, benign leakage ${number(leakage)}.${below}`;
}

function number(value: number | null): string {
  return value === null ? 'not measured' : fixed(value, 3);
}
