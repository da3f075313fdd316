import * as Plot from '@observablehq/plot';
import type { RunFit } from '../../src/core/evaluation/data/run-fit.ts';
import { fixed, percent } from '../../src/core/format.ts';
import { spreads, spreadsAlongX, type LayerPoint } from './distribution.ts';
import type { Chart } from './figure.ts';
import { labelLegend } from './legend.ts';
import { labelColourScale, labelOrder, labelSymbolScale } from './palette.ts';

const reading = 'Shape: median. Bar: the middle half. Line: from 5 to 95 % of the prompts.';

/** s of the evaluation prompts at each steered layer, with its threshold. */
export function scoreChart(points: readonly LayerPoint[], { perLayer }: RunFit): Chart {
  const thresholds = perLayer.filter(({ steered, threshold }) => steered && threshold !== null);
  const steering =
    thresholds.length === 0
      ? 'Left of 0, steering pushes towards answering.'
      : 'Upright line: the threshold, above which the layer steers; at or below it nothing is changed.';
  return {
    title: 'Score s, by layer and label',
    caption: `Malicious prompts should lie near 1, benign ones near 0. ${steering} ${reading}`,
    description:
      'For each steered layer the distribution of the score s for each label. The table of layers holds the means.',
    legend: labelLegend,
    empty: 'The replies carry no scores of the steered layers.',
    options: () =>
      points.length === 0
        ? null
        : {
            ...frame(points),
            x: { label: 's = h · w →', nice: true },
            marks: [
              Plot.gridX(lines),
              Plot.ruleX([0, 1], { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '3 3' }),
              Plot.ruleX(thresholds, { x: 'threshold', fy: 'layer', stroke: 'currentColor', strokeWidth: 2 }),
              ...spreadsAlongX(spreads(points, 'score'), (s) => fixed(s, 2)),
            ],
          },
  };
}

/** How hard the steering pushed the same prompts. */
export function normChart(points: readonly LayerPoint[]): Chart {
  const finite = points.filter(({ relativeNorm }) => Number.isFinite(relativeNorm));
  return {
    title: 'Steering norm, by layer and label',
    caption: `How far steering moves the activation, in per cent of its own length. Near 0 for benign prompts: that is the null space at work. ${reading}`,
    description:
      'For each steered layer the distribution of the steering norm relative to the activation norm for each label.',
    legend: labelLegend,
    empty: 'The replies carry no activation norms of the steered layers.',
    options: () =>
      finite.length === 0
        ? null
        : {
            ...frame(finite),
            x: {
              label: '|strength · s| · ‖r‖ / ‖h‖ →',
              tickFormat: (x: number) => `${Number((x * 100).toPrecision(3))} %`,
              nice: true,
              zero: true,
            },
            marks: [
              Plot.gridX(lines),
              Plot.ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
              ...spreadsAlongX(spreads(finite, 'relativeNorm'), percent),
            ],
          },
  };
}

const lines = { stroke: 'var(--as-grid)', strokeOpacity: 1 } as const;

function frame(points: readonly LayerPoint[]): Plot.PlotOptions {
  const present = labelOrder.filter((label) => points.some((point) => point.label === label));
  const layers = [...new Set(points.map(({ layer }) => layer))].sort((a, b) => a - b);
  return {
    height: layers.length * (present.length * 14 + 12) + 60,
    marginLeft: 56,
    marginRight: 16,
    marginTop: 16,
    marginBottom: 40,
    style: { fontSize: '12px' },
    y: { domain: present, axis: null },
    fy: { domain: layers, axis: 'left', label: 'Layer', padding: 0.12 },
    color: labelColourScale,
    symbol: labelSymbolScale,
  };
}
