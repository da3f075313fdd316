import type { Imported } from '../../../../src/core/evaluation/data/run-fit.ts';
import { goldenRun } from './golden-run.ts';

/** The golden run's steering as an import of matrices. */
export function importedFit(): Imported {
  const { model, dtype, device, layers, strength, hiddenSize, margins, judge, perLayer } = goldenRun().fit;
  const steered = perLayer.filter((layer) => layer.steered);
  return {
    format: 'alphasteer-fit/5',
    kind: 'imported',
    file: 'steering_matrix_x.pt',
    prompts: 64,
    model,
    dtype,
    device,
    layers,
    strength,
    hiddenSize,
    perLayer: steered.map(({ layer, auc, meanScore, norm, relativeNorm, leakage, leakage95, refusalNorm }) => ({
      layer,
      steered: true,
      auc,
      meanScore,
      norm,
      relativeNorm,
      leakage,
      leakage95,
      refusalNorm,
      threshold: null,
    })),
    margins,
    judge,
    warnings: [],
  };
}
