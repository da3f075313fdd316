import { steeringNorm } from '../alphasteer.ts';
import type { RunFit } from './data/run-fit.ts';
import type { RowSide } from './replies/report-rows.ts';

/** One steered layer as it saw one prompt. */
export interface SideLayer {
  readonly layer: number;
  readonly score: number;
  /** Score above which the layer steers; null: always. */
  readonly threshold: number | null;
  readonly norm: number;
  readonly relativeNorm: number;
}

/** Score and steering norm per steered layer; empty for a reply that carries scores of other layers. */
export function sideLayers({ scores, activationNorms }: RowSide, fit: RunFit): SideLayer[] {
  if (scores.length !== fit.layers.length) return [];
  return fit.layers.flatMap((layer, at) => {
    const fitted = fit.perLayer.find((candidate) => candidate.layer === layer);
    if (fitted === undefined) return [];
    const norm = steeringNorm(scores[at]!, fit.strength, fitted.refusalNorm, fitted.threshold ?? -Infinity);
    return [
      { layer, score: scores[at]!, threshold: fitted.threshold, norm, relativeNorm: norm / activationNorms[at]! },
    ];
  });
}
