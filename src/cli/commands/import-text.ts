import type { ImportResult } from '../../rpc/worker-api.ts';

/** What an import made of the authors' matrices, for a terminal. */
export function importText({ run, fit, outsideRankOne }: ImportResult): string {
  return [
    `Imported ${fit.file}: layers ${fit.layers.join(', ')}, strength ${fit.strength} (positive refuses here), every prompt steered by its score.`,
    ...fit.perLayer.map(({ layer, auc, leakage }, k) => {
      const outside = (100 * outsideRankOne[k]!.outside).toPrecision(2);
      return `  layer ${layer}: AUC ${measured(auc)}, leakage ${measured(leakage)}; ${outside} % of its energy is outside w rT`;
    }),
    `Run: ${run}`,
  ].join('\n');
}

/** A number that a workspace without benign prompts does not give. */
function measured(value: number | undefined): string {
  return value?.toFixed(3) ?? 'not measured';
}
