import * as Plot from '@observablehq/plot';
import type { Label } from '../../src/core/prompts/prompt.ts';
import type { RunFit } from '../../src/core/evaluation/data/run-fit.ts';
import type { ReportRow } from '../../src/core/evaluation/replies/report-rows.ts';
import { sideLayers, type SideLayer } from '../../src/core/evaluation/side-norms.ts';
import { quantile } from '../../src/core/stats/quantile.ts';
import { hover } from './figure.ts';
import { labelNames } from './palette.ts';

/** One steered reply at one layer. */
export interface LayerPoint extends SideLayer {
  readonly label: Label;
  readonly row: ReportRow;
}

/** Every steered reply at every steered layer. */
export function layerPoints(rows: readonly ReportRow[], fit: RunFit): LayerPoint[] {
  return rows.flatMap((row) =>
    row.steered === null ? [] : sideLayers(row.steered, fit).map((layer) => ({ label: row.label, row, ...layer })),
  );
}

export type Measure = 'score' | 'norm' | 'relativeNorm';

/** How one label's prompts lie at one layer. */
export interface Spread {
  readonly layer: number;
  readonly label: Label;
  readonly n: number;
  readonly p05: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
}

export function spreads(points: readonly LayerPoint[], measure: Measure): Spread[] {
  const groups = new Map<string, LayerPoint[]>();
  for (const point of points) {
    const key = `${point.layer} ${point.label}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [point]);
    else group.push(point);
  }
  return [...groups.values()].map((group) => {
    const { layer, label } = group[0]!;
    const values = group.map((point) => point[measure]);
    const at = (p: number) => quantile(values, p);
    return {
      layer,
      label,
      n: values.length,
      p05: at(0.05),
      p25: at(0.25),
      median: at(0.5),
      p75: at(0.75),
      p95: at(0.95),
    };
  });
}

/** Each spread as a line (5 to 95 %), a bar (the middle half) and a shape (the median), along x. */
export function spreadsAlongX(spreads: readonly Spread[], write: (value: number) => string): Plot.Markish[] {
  const by = { y: 'label', fy: 'layer' } as const;
  const title = ({ layer, label, n, p05, p25, median, p75, p95 }: Spread) =>
    [
      `${labelNames[label]}, layer ${layer}: ${n} prompts`,
      `median ${write(median)}`,
      `middle half ${write(p25)} to ${write(p75)}`,
      `5 to 95 % ${write(p05)} to ${write(p95)}`,
    ].join('\n');
  return [
    Plot.ruleY(spreads, { x1: 'p05', x2: 'p95', ...by, stroke: 'label', strokeWidth: 1.5 }),
    Plot.ruleY(spreads, { x1: 'p25', x2: 'p75', ...by, stroke: 'label', strokeWidth: 5, strokeOpacity: 0.45 }),
    Plot.dot(spreads, { x: 'median', ...by, fill: 'label', symbol: 'label', r: 4, title, tip: hover }),
  ];
}
