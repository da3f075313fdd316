import * as Plot from '@observablehq/plot';
import { count, fixed, percent } from '../../src/core/format.ts';
import type { LayerFit } from '../../src/core/evaluation/data/run-fit.ts';
import type { LayerPoint, Measure } from './distribution.ts';
import { hover, type Chart } from './figure.ts';
import { labelColourScale, labelNames, labelOrder } from './palette.ts';
import { barsOf, type Bar } from './bars.ts';
import { operableBars } from './operable-bars.ts';

interface MeasureWords {
  readonly title: string;
  readonly axis: string;
  readonly write: (value: number) => string;
}

export const measureWords: Readonly<Record<Measure, MeasureWords>> = {
  score: { title: 'Score s', axis: 's = h · w →', write: (value) => trimmed(value) },
  norm: { title: 'Steering norm', axis: '|strength · s| · ‖r‖ →', write: (value) => trimmed(value) },
  relativeNorm: {
    title: 'Relative steering norm',
    axis: '|strength · s| · ‖r‖ / ‖h‖ →',
    write: (value) => `${trimmed(value * 100)}\u00a0%`,
  },
};

/** `Jailbreak, score s 0.8 to 0.9` */
export function barName({ label, from, to }: Bar, measure: Measure): string {
  const { title, write } = measureWords[measure];
  return `${labelNames[label]}, ${title.toLowerCase()} ${write(from)} to ${write(to)}`;
}

/** How the prompts of each label are spread over one measure of one layer; each bar opens the prompts behind it. */
export function histogramChart(
  points: readonly LayerPoint[],
  measure: Measure,
  { layer, threshold }: Pick<LayerFit, 'layer' | 'threshold'>,
  picked: (bar: Bar) => void,
  isPicked: (bar: Bar) => boolean,
): Chart {
  const bars = barsOf(points, measure);
  const present = labelOrder.filter((label) => bars.some((bar) => bar.label === label));
  const { title, axis, write } = measureWords[measure];
  const name = (bar: Bar) => `${barName(bar, measure)}: ${count(bar.ids.length, 'prompt')}`;
  return {
    title: `${title} at layer ${layer}`,
    caption: `Each label’s largest bar fills its row. A bar opens the prompts behind it.${
      measure === 'score' && threshold !== null ? ` Upright line: the threshold, ${write(threshold)}.` : ''
    }`,
    description: 'Bars from left to right for each label. Arrow keys go from bar to bar, Enter opens its prompts.',
    empty: `The replies carry no scores of layer ${layer}: it is not steered.`,
    options: () =>
      bars.length === 0
        ? null
        : {
            height: present.length * 74 + 56,
            marginLeft: 84,
            marginRight: 48,
            marginTop: 14,
            marginBottom: 40,
            style: { fontSize: '12px' },
            x: { label: axis, tickFormat: write, ticks: 6 },
            y: { label: null, axis: null, domain: [0, 1] },
            fy: {
              domain: present,
              label: null,
              tickFormat: (label: keyof typeof labelNames) => labelNames[label],
              axis: 'left',
              padding: 0.16,
            },
            color: labelColourScale,
            marks: [
              Plot.ruleY([0], { stroke: 'var(--as-grid)', strokeOpacity: 1 }),
              ...(measure === 'score'
                ? [
                    Plot.ruleX([0, 1], { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '3 3' }),
                    Plot.ruleX(threshold === null ? [] : [threshold], { stroke: 'currentColor', strokeWidth: 1.5 }),
                  ]
                : []),
              Plot.rectY(bars, { x1: 'from', x2: 'to', y: 'height', fy: 'label', fill: 'label', inset: 0.5 }),
              // Each bar answers over its whole height, so that a low one can be hit.
              Plot.rect(bars, {
                x1: 'from',
                x2: 'to',
                y1: 0,
                y2: 1,
                fy: 'label',
                fill: 'transparent',
                title: (bar: Bar) => `${name(bar)}\n${percent(bar.share)} of ${labelNames[bar.label].toLowerCase()}`,
                tip: hover,
              }),
            ],
          },
    finish: (drawing) =>
      operableBars(drawing, bars, { selector: '[fill="transparent"] > rect', name, picked, isPicked }),
  };
}

function trimmed(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return fixed(value, digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
