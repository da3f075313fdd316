import * as Plot from '@observablehq/plot';
import { fixed, interval, percent } from '../../src/core/format.ts';
import { rateRows, type RateRow } from '../../src/core/report/rate-rows.ts';
import type { Summary } from '../../src/core/evaluation/data/summary.ts';
import { hover, type Chart } from './figure.ts';
import { legend, swatch } from './legend.ts';

const rowHeight = 26;
const marginRight = 96;
const targets: Readonly<Record<string, string>> = {
  'jailbreak-seen': 'seen-refused',
  'jailbreak-unseen': 'unseen-refused',
};

type Row = RateRow & { readonly at: number };

/** Refusal rates, base above steered in each row, with their intervals. */
export function ratesChart(summary: Summary): Chart {
  const rows = rateRows(summary).map((row, at) => ({ ...row, at }));
  return {
    title: 'Base against steered',
    caption:
      'To the right is more refusal: wanted for harmful prompts and jailbreaks, unwanted for benign and borderline ones. Lines are 95 % intervals.',
    description:
      'For each label and kind of attack the share refused by base and by steered. The table of refusal rates holds the numbers.',
    legend: () =>
      legend([
        [swatch('var(--as-base)', 'circle', false), 'Base'],
        [swatch('var(--as-steered)', 'circle'), 'Steered'],
        [swatch('var(--as-target)', 'times', false), 'Target'],
      ]),
    empty: 'No replies yet.',
    options: (width) => (rows.length === 0 ? null : plot(rows, goals(rows, summary), width)),
  };
}

/** Where the target of a group lies, in the row of the whole group. */
function goals(rows: readonly Row[], { checks }: Summary): { readonly at: number; readonly target: number }[] {
  return rows.flatMap(({ at, group, attack }) => {
    const check = attack ? undefined : checks.find(({ id }) => id === targets[group]);
    return check === undefined ? [] : [{ at, target: check.target }];
  });
}

function plot(rows: readonly Row[], targetDots: ReturnType<typeof goals>, width: number): Plot.PlotOptions {
  const marginLeft = width < 560 ? 166 : 190;
  const ticks = width < 560 ? 3 : 5;
  return {
    height: rows.length * rowHeight + 34,
    marginLeft,
    marginRight,
    marginTop: 6,
    marginBottom: 28,
    style: { fontSize: '12px' },
    x: { domain: [0, 1], tickFormat: (x: number) => `${fixed(x * 100, 0)} %`, label: null, ticks },
    y: { type: 'band', domain: rows.map(({ at }) => at), axis: null, padding: 0 },
    marks: [
      Plot.barX(
        rows.filter(({ attack }) => !attack),
        { y: 'at', x1: 0, x2: 1, fill: 'var(--as-stripe)' },
      ),
      Plot.gridX({ stroke: 'var(--as-grid)', strokeOpacity: 1, ticks }),
      names(rows, false, marginLeft),
      names(rows, true, marginLeft),
      Plot.dot(targetDots, {
        y: 'at',
        x: 'target',
        symbol: 'times',
        r: 4.5,
        stroke: 'var(--as-target)',
        strokeWidth: 2,
      }),
      ...side(rows, { condition: 'Base', dy: -5, filled: false }),
      ...side(rows, { condition: 'Steered', dy: 5, filled: true }),
      ratesInDigits(rows),
    ],
  };
}

/** The names of the groups, or, set in below them, those of the kinds of attack. */
function names(rows: readonly Row[], attack: boolean, marginLeft: number): Plot.Markish {
  return Plot.text(
    rows.filter((row) => row.attack === attack),
    {
      y: 'at',
      text: 'name',
      frameAnchor: 'left',
      textAnchor: 'start',
      dx: -marginLeft + (attack ? 14 : 2),
      fontWeight: attack ? 'normal' : 'bold',
      ...(attack ? { fill: 'var(--as-quiet)' } : {}),
    },
  );
}

interface Side {
  readonly condition: 'Base' | 'Steered';
  /** Pixels below the middle of the row. */
  readonly dy: number;
  readonly filled: boolean;
}

/** The rates of one condition as dots on their intervals. */
function side(rows: readonly Row[], { condition, dy, filled }: Side): Plot.Markish[] {
  const own = rows.flatMap(({ at, name, base, steered }) => {
    const rate = condition === 'Base' ? base : steered;
    return rate === undefined ? [] : [{ at, name, ...rate }];
  });
  const colour = filled ? 'var(--as-steered)' : 'var(--as-base)';
  const title = ({ name, rate, low, high, n, refused }: (typeof own)[number]) =>
    `${name}, ${condition.toLowerCase()}: ${percent(rate)} refused (${refused} of ${n}), 95 % interval ${interval(low, high)}`;
  return [
    Plot.ruleY(own, { y: 'at', x1: 'low', x2: 'high', stroke: colour, strokeWidth: 2, dy }),
    Plot.dot(own, {
      y: 'at',
      x: 'rate',
      r: 4,
      stroke: colour,
      strokeWidth: 2,
      fill: filled ? colour : 'var(--as-background)',
      dy,
      title,
      tip: hover,
    }),
  ];
}

function ratesInDigits(rows: readonly Row[]): Plot.Markish {
  return Plot.text(rows, {
    y: 'at',
    text: ({ base, steered }: Row) => `${shortRate(base?.rate)} → ${shortRate(steered?.rate)} %`,
    frameAnchor: 'right',
    textAnchor: 'end',
    dx: marginRight - 2,
    fontVariant: 'tabular-nums',
  });
}

function shortRate(rate: number | undefined): string {
  return rate === undefined ? '–' : fixed(rate * 100, 0);
}
