import type { LayerFit, LayerMeasure, RunFit } from '../../src/core/evaluation/data/run-fit.ts';
import type { Choices } from './controls.ts';

/** The layers that were measured, the steered ones first. */
export function layersToChoose({ perLayer }: RunFit): LayerMeasure[] {
  return [...perLayer].sort((a, b) => Number(b.steered) - Number(a.steered) || a.layer - b.layer);
}

/** What the fit knows of one of them; undefined of an imported steering. */
export function fittedLayer(fit: RunFit, layer: number | undefined): LayerFit | undefined {
  return fit.kind === 'fitted' ? fit.perLayer.find((one) => one.layer === layer) : undefined;
}

export function layerChoices(fit: RunFit): Choices {
  return layersToChoose(fit).map(({ layer, steered }) => [
    String(layer),
    steered ? `${layer}` : `${layer} (not steered)`,
  ]);
}
