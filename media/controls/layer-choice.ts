import type { FitSummary, LayerFit } from '../../src/core/evaluation/data/fit-summary.ts';
import type { Choices } from './controls.ts';

/** The layers that were measured, the steered ones first. */
export function layersToChoose({ perLayer }: FitSummary): LayerFit[] {
  return [...perLayer].sort((a, b) => Number(b.steered) - Number(a.steered) || a.layer - b.layer);
}

export function layerChoices(fit: FitSummary): Choices {
  return layersToChoose(fit).map(({ layer, steered }) => [
    String(layer),
    steered ? `${layer}` : `${layer} (not steered)`,
  ]);
}
