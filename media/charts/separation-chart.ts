import * as Plot from '@observablehq/plot';
import { fixed } from '../../src/core/format.ts';
import type { LayerSummary, Summary } from '../../src/core/evaluation/data/summary.ts';
import { hover, type Chart } from './figure.ts';
import { legend, swatch } from './legend.ts';

/** How well s separates, per layer. */
export function aucChart({ layers }: Summary): Chart {
  return perLayer(layers, 'auc', {
    title: 'Separation (AUC), by layer',
    caption: 'How often s of a malicious prompt is above that of a benign one: 1 is always, 0.5 is a coin.',
    description: 'Area under the ROC curve per layer; the table of layers holds the numbers.',
    y: { domain: [Math.min(0.5, ...layers.map(({ auc }) => auc ?? 1)), 1], label: '↑ AUC' },
  });
}

/** What steering does to benign prompts it should not touch, per layer. */
export function leakageChart({ layers }: Summary): Chart {
  return perLayer(layers, 'leakage', {
    title: 'Benign leakage, by layer',
    caption: 'Mean |s| of benign prompts that the fit did not see; malicious prompts are near 1, so small is good.',
    description: 'Benign leakage per layer; the table of layers holds the numbers.',
    y: { zero: true, nice: true, label: '↑ mean |s|' },
  });
}

function perLayer(
  layers: readonly LayerSummary[],
  value: 'auc' | 'leakage',
  { y, ...about }: Pick<Chart, 'title' | 'caption' | 'description'> & { readonly y: Plot.ScaleOptions },
): Chart {
  const measured = layers.filter((layer) => layer[value] !== null);
  const domain = measured.map(({ layer }) => layer);
  const title = (layer: LayerSummary) =>
    `Layer ${layer.layer}: ${fixed(layer[value] ?? NaN, 3)}${layer.steered ? ', steered' : ''}`;
  return {
    ...about,
    legend: () =>
      legend([
        [swatch('var(--as-steered)', 'circle'), 'Steered'],
        [swatch('var(--as-base)', 'circle', false), 'Not steered'],
      ]),
    empty: 'No layer was measured.',
    options: (width) =>
      measured.length === 0
        ? null
        : {
            height: 220,
            marginLeft: 48,
            marginBottom: 36,
            style: { fontSize: '12px' },
            x: { type: 'point', domain, label: 'Layer', ticks: thinned(domain, width / 28), padding: 0.5 },
            y: { ...y, ticks: 5 },
            marks: [
              Plot.gridY({ stroke: 'var(--as-grid)', strokeOpacity: 1, ticks: 5 }),
              Plot.lineY(measured, { x: 'layer', y: value, stroke: 'var(--as-base)', strokeOpacity: 0.6 }),
              Plot.dot(
                measured.filter(({ steered }) => !steered),
                {
                  x: 'layer',
                  y: value,
                  r: 4,
                  stroke: 'var(--as-base)',
                  strokeWidth: 1.8,
                  fill: 'var(--as-background)',
                  title,
                  tip: hover,
                },
              ),
              Plot.dot(
                measured.filter(({ steered }) => steered),
                { x: 'layer', y: value, r: 4.5, fill: 'var(--as-steered)', title, tip: hover },
              ),
            ],
          },
  };
}

/** At most `most` ticks, evenly taken. */
function thinned(domain: readonly number[], most: number): number[] {
  const step = Math.max(1, Math.ceil(domain.length / most));
  return domain.filter((_, at) => at % step === 0);
}
