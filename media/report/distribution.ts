import * as Plot from '@observablehq/plot';
import type { Label } from '../../src/core/prompts/prompt.ts';
import type { FitSummary } from '../../src/core/report/fit-summary.ts';
import type { ReportRow } from '../../src/core/report/report-rows.ts';
import { sideLayers, type SideLayer } from '../../src/core/report/side-norms.ts';

/** One steered reply at one layer. */
export interface LayerPoint extends SideLayer {
  readonly label: Label;
}

/** Every steered reply at every steered layer. */
export function layerPoints(rows: readonly ReportRow[], fit: FitSummary): LayerPoint[] {
  return rows.flatMap(({ label, steered }) =>
    steered === null ? [] : sideLayers(steered, fit).map((layer) => ({ label, ...layer })),
  );
}

/** A distribution as a line (5 to 95 %), a bar (the middle half) and a shape (the median), along x, one a label. */
export function distributionAlongX(points: readonly LayerPoint[], value: 'score' | 'relativeNorm'): Plot.Markish[] {
  const by = { y: 'label', fy: 'layer' } as const;
  return [
    Plot.ruleY(
      points,
      Plot.groupY({ x1: 'p05', x2: 'p95' }, { x1: value, x2: value, ...by, stroke: 'label', strokeWidth: 1.5 }),
    ),
    Plot.ruleY(
      points,
      Plot.groupY(
        { x1: 'p25', x2: 'p75' },
        { x1: value, x2: value, ...by, stroke: 'label', strokeWidth: 5, strokeOpacity: 0.45 },
      ),
    ),
    Plot.dot(
      points,
      Plot.groupY({ x: 'median', symbol: 'first' }, { x: value, ...by, fill: 'label', symbol: 'label', r: 4 }),
    ),
  ];
}
