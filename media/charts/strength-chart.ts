import * as Plot from '@observablehq/plot';
import type { Fitted, RunFit } from '../../src/core/evaluation/data/run-fit.ts';
import { shouldRefuse } from '../../src/core/evaluation/data/groups.ts';
import { fixed, percent } from '../../src/core/format.ts';
import { strengthFront } from '../../src/core/evaluation/strength-front.ts';
import { hover, type Chart } from './figure.ts';
import { labelLegend } from './legend.ts';
import { labelColourScale, labelNames, labelOrder, labelSymbolScale } from './palette.ts';

/** Refusals at each strength tried on the choose split. */
export function strengthChart(fit: RunFit): Chart {
  const strengths = strengthsTried(fit);
  const points = strengths.flatMap(({ strength, refused, n }) =>
    labelOrder.flatMap((label) =>
      refused[label] === undefined ? [] : [{ strength, label, rate: refused[label], n: n[label] ?? 0 }],
    ),
  );
  const title = ({ label, strength, rate, n }: (typeof points)[number]) =>
    shouldRefuse(label)
      ? `${labelNames[label]} at strength ${strength}: ${percent(rate)} of ${n} refused`
      : `${labelNames[label]} at strength ${strength}: ${percent(rate)} come to be refused (${n} steered prompts tried)`;
  const front = strengthFront(strengths);
  return {
    title: 'Strength and refusals',
    caption:
      'On the prompts set aside for choosing: the malicious that are refused, and what steering adds to the refusals of the others. A triangle below: no other strength tried refuses as much for less (Pareto front).',
    description: 'Share of prompts refused per label at each strength tried, with the strength chosen.',
    legend: labelLegend,
    empty: 'The strength was given, not chosen: no others were tried.',
    options: () =>
      points.length === 0
        ? null
        : {
            ...frame,
            insetBottom: 12,
            x: { label: 'Strength →', nice: true, zero: true },
            y: {
              domain: [Math.min(0, ...points.map(({ rate }) => rate)), 1],
              label: '↑ Refused',
              tickFormat: (y: number) => `${fixed(y * 100, 0)} %`,
              ticks: 5,
            },
            color: labelColourScale,
            symbol: labelSymbolScale,
            marks: [
              Plot.gridY(lines),
              ...chosenMarks(strengths),
              Plot.dot(front, {
                x: (x: number) => x,
                frameAnchor: 'bottom',
                symbol: 'triangle',
                r: 3.5,
                fill: 'currentColor',
                title: (x: number) => `Strength ${x}: no other strength tried refuses as much for less`,
              }),
              Plot.lineY(points, { x: 'strength', y: 'rate', stroke: 'label', strokeWidth: 1.8 }),
              Plot.dot(points, { x: 'strength', y: 'rate', fill: 'label', symbol: 'label', r: 4, title, tip: hover }),
            ],
          },
  };
}

/** What each strength does to benign prompts before the first word. */
export function klChart(fit: RunFit): Chart {
  const strengths = strengthsTried(fit);
  const points = strengths.filter(({ benignKl }) => Number.isFinite(benignKl));
  return {
    title: 'Strength and benign drift',
    caption:
      'KL divergence between base and steered of the first reply token, mean over benign prompts: 0 is no change.',
    description: 'Mean benign KL divergence in nats at each strength tried, with the strength chosen.',
    empty: 'The strength was given, not chosen: no others were tried.',
    options: () =>
      points.length === 0
        ? null
        : {
            ...frame,
            x: { label: 'Strength →', nice: true, zero: true },
            y: { zero: true, nice: true, label: '↑ KL, nats', ticks: 5 },
            marks: [
              Plot.gridY(lines),
              ...chosenMarks(strengths),
              Plot.lineY(points, { x: 'strength', y: 'benignKl', stroke: 'var(--as-benign)', strokeWidth: 1.8 }),
              Plot.dot(points, {
                x: 'strength',
                y: 'benignKl',
                r: 4,
                fill: 'var(--as-benign)',
                title: ({ strength, benignKl }: (typeof points)[number]) =>
                  `Strength ${strength}: ${fixed(benignKl, 4)} nats`,
                tip: hover,
              }),
            ],
          },
  };
}

const lines = { stroke: 'var(--as-grid)', strokeOpacity: 1, ticks: 5 } as const;
const frame = {
  height: 260,
  marginLeft: 56,
  marginRight: 40,
  marginTop: 30,
  marginBottom: 36,
  style: { fontSize: '12px' },
} as const;

/** None of an imported steering: its strength was given. */
function strengthsTried(fit: RunFit): Fitted['strengths'] {
  return fit.kind === 'fitted' ? fit.strengths : [];
}

function chosenMarks(strengths: Fitted['strengths']): Plot.Markish[] {
  const chosen = strengths.filter((point) => point.chosen).map(({ strength }) => strength);
  return [
    Plot.ruleX(chosen, { stroke: 'currentColor', strokeWidth: 1.5, strokeDasharray: '4 3' }),
    Plot.text(chosen, {
      x: (x: number) => x,
      text: (x: number) => `chosen: ${x}`,
      frameAnchor: 'top',
      dy: -12,
      fontWeight: 'bold',
    }),
  ];
}
