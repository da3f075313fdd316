import { leakage } from '../../alphasteer.ts';
import { auc } from '../../stats/auc.ts';
import { quantile } from '../../stats/quantile.ts';
import type { LayerMeasure } from '../data/run-fit.ts';

/** How well scores tell malicious prompts from benign ones, and how far benign ones stray from 0; absent what no prompt measures. */
export function separation(
  malicious: readonly number[],
  benign: readonly number[],
): Pick<LayerMeasure, 'auc' | 'leakage' | 'leakage95'> {
  if (benign.length === 0) return {};
  return {
    auc: malicious.length === 0 ? undefined : auc(malicious, benign),
    leakage: leakage(benign),
    leakage95: quantile(benign.map(Math.abs), 0.95),
  };
}
