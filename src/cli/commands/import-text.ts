import type { ImportResult } from '../../rpc/worker-api.ts';

/** What an import made of the authors' matrices, for a terminal. */
export function importText({ run, fit, outsideRankOne }: ImportResult): string {
  return [
    `Imported ${fit.imported!}: layers ${fit.layers.join(', ')}, strength ${fit.strength} (positive refuses here), every prompt steered by its score.`,
    ...fit.perLayer.map(({ layer, auc, leakage }, k) => {
      const outside = (100 * outsideRankOne[k]!.outside).toPrecision(2);
      return `  layer ${layer}: AUC ${auc.toFixed(3)}, leakage ${leakage.toFixed(3)}; ${outside} % of its energy is outside w rT`;
    }),
    `Run: ${run}`,
  ].join('\n');
}
