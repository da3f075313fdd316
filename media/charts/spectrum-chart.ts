import * as Plot from '@observablehq/plot';
import type { LayerFit } from '../../src/core/evaluation/data/run-fit.ts';
import { percent } from '../../src/core/format.ts';
import { hover, type Chart } from './figure.ts';

/** Eigenvalues of the benign activations at one layer, with the cut. */
export function spectrumChart(layer: LayerFit | undefined, hiddenSize: number): Chart {
  return {
    title: 'Benign spectrum and the cut',
    caption: `Variance of benign activations along each direction, from the smallest. w may use the directions left of the cut, where benign prompts hardly differ; a clear step at the cut is a good sign. ${cutWords(layer)}`,
    description:
      'Eigenvalues of the benign second-moment matrix on a log scale, with the cut between the null space and the rest.',
    empty: 'There is no spectrum: the fit kept none, or the steering was imported.',
    options: () => spectrumOptions(layer, hiddenSize),
  };
}

function cutWords(layer: LayerFit | undefined): string {
  if (layer === undefined || layer.spectrum.length === 0) return '';
  const moved = layer.cutMoved ? ', moved out of a cluster of tied eigenvalues' : '';
  return `At layer ${layer.layer}, ${layer.cut} directions are taken${moved}; they hold ${percent(layer.benignVarianceInside)} of the benign variance.`;
}

function spectrumOptions(layer: LayerFit | undefined, hiddenSize: number): Plot.PlotOptions | null {
  // A log scale has no place for the zeros that fewer prompts than dimensions leave.
  const positive = (layer?.spectrum ?? []).filter(([, value]) => value > 0);
  if (layer === undefined || positive.length === 0) return null;
  const values = positive.map(([, value]) => value);
  return {
    height: 240,
    marginLeft: 56,
    marginTop: 26,
    marginBottom: 36,
    style: { fontSize: '12px' },
    x: { domain: [0, hiddenSize], label: 'Direction, by eigenvalue →' },
    y: {
      type: 'log',
      domain: [Math.min(...values), Math.max(...values)],
      nice: true,
      label: '↑ Eigenvalue',
      ticks: 5,
      tickFormat: '~e',
    },
    marks: [
      Plot.rectX([0], { x1: 0, x2: layer.cut, fill: 'var(--as-stripe)' }),
      Plot.gridY({ stroke: 'var(--as-grid)', strokeOpacity: 1, ticks: 5 }),
      Plot.lineY(positive, {
        x: '0',
        y: '1',
        stroke: 'var(--as-steered)',
        strokeWidth: 2,
        title: ([index, value]: (typeof positive)[number]) =>
          `Direction ${index}: eigenvalue ${value.toExponential(2)}, ${index < layer.cut ? 'w may use it' : 'left to benign prompts'}`,
        tip: hover,
      }),
      Plot.ruleX([layer.cut], { stroke: 'currentColor', strokeWidth: 1.5, strokeDasharray: '4 3' }),
      Plot.text([layer.cut], {
        x: (cut: number) => cut,
        text: () => '← w uses these',
        frameAnchor: 'top',
        dy: 4,
        dx: -6,
        textAnchor: 'end',
        lineAnchor: 'top',
      }),
    ],
  };
}
