import * as Plot from '@observablehq/plot';
import { conditionRows, type ConditionRate } from '../../src/core/report/condition-rows.ts';
import { fixed, interval, percent } from '../../src/core/format.ts';
import { groupName, type Group } from '../../src/core/evaluation/data/groups.ts';
import { onParetoFront } from '../../src/core/evaluation/pareto-front.ts';
import { otherConditions } from '../../src/core/report/rate-rows.ts';
import type { Summary } from '../../src/core/evaluation/data/summary.ts';
import { hover, type Chart } from './figure.ts';
import { legend, swatch } from './legend.ts';

const rowHeight = 24;
/** What is gained, then what it costs. */
const shown = ['jailbreak-seen', 'jailbreak-unseen', 'benign'] as const satisfies readonly Group[];

/** Refusals of AlphaSteer beside those of every other way, a column for what is gained and one for what it costs; null without controls. */
export function conditionsChart(summary: Summary): Chart | null {
  if (otherConditions(summary).length === 0) return null;
  const rows = conditionRows(summary).map((row, at) => ({ ...row, at, title: row.words?.title ?? row.name }));
  const groups = shown.filter((group) => rows.some(({ rates }) => rates[group] !== undefined));
  const gained = groups.includes('jailbreak-unseen') ? 'jailbreak-unseen' : 'jailbreak-seen';
  const compared = rows.filter(({ rates }) => rates[gained] !== undefined && rates.benign !== undefined);
  const isOn = onParetoFront(compared.map(({ rates }) => ({ gain: rates[gained]!.rate, cost: rates.benign!.rate })));
  const front = new Set(compared.filter((_, i) => isOn[i]).map(({ name }) => name));
  const points = rows.flatMap(({ at, name, title, rates, draws }) =>
    groups.flatMap((group) => {
      const rate: ConditionRate | undefined = rates[group];
      return rate === undefined ? [] : [{ at, name, title, draws, group: groupName(group), ...rate }];
    }),
  );
  type Point = (typeof points)[number];
  const colour = ({ name }: Pick<Point, 'name'>): string =>
    name === 'steered' ? 'var(--as-steered)' : name === 'base' ? 'var(--as-base)' : 'var(--as-text)';
  const title = ({ title: condition, group, rate, low, high, n, draws }: Point): string =>
    `${condition}, ${group.toLowerCase()}: ${percent(rate)} of ${n} refused, ` +
    (draws > 1 ? `mean of ${draws} draws, which span ${interval(low, high)}` : `95 % interval ${interval(low, high)}`);
  return {
    title: 'Against other ways to refuse',
    caption: `Jailbreaks: to the right is better. Benign: to the left. Filled: no other way refuses more jailbreaks${gained === 'jailbreak-unseen' ? ' of unseen kinds' : ''} at as few benign refusals. Lines are 95 % intervals, of what rests on chance the range of its draws.`,
    description:
      'For AlphaSteer, the untouched model and each control the share of jailbreaks and of benign prompts refused. The table of conditions holds the numbers.',
    legend: () =>
      legend([
        [swatch('var(--as-text)', 'circle'), 'On the Pareto front'],
        [swatch('var(--as-text)', 'circle', false), 'Another way is better'],
      ]),
    empty: 'No controls ran.',
    options: (width) => {
      const marginLeft = width < 560 ? 150 : 176;
      return {
        height: rows.length * rowHeight + 66,
        marginLeft,
        marginRight: 16,
        marginTop: 34,
        marginBottom: 28,
        style: { fontSize: '12px' },
        fx: { domain: groups.map(groupName), label: null, padding: 0.08 },
        x: {
          domain: [0, 1],
          tickFormat: (x: number) => `${fixed(x * 100, 0)} %`,
          label: null,
          // Not 0 and 100: those of two columns would run into each other.
          ticks: width < 700 ? [0.5] : [0.25, 0.5, 0.75],
        },
        y: { type: 'band', domain: rows.map(({ at }) => at), axis: null, padding: 0 },
        marks: [
          Plot.gridX({ stroke: 'var(--as-grid)', strokeOpacity: 1, ticks: [0, 0.25, 0.5, 0.75, 1] }),
          Plot.text(
            rows.map((row) => ({ ...row, group: groupName(groups[0]!) })),
            {
              fx: 'group',
              y: 'at',
              text: 'title',
              frameAnchor: 'left',
              textAnchor: 'start',
              dx: -marginLeft + 2,
              fill: 'currentColor',
            },
          ),
          Plot.ruleY(points, { fx: 'group', y: 'at', x1: 'low', x2: 'high', stroke: colour, strokeWidth: 2 }),
          Plot.dot(points, {
            fx: 'group',
            y: 'at',
            x: 'rate',
            r: 4,
            stroke: colour,
            strokeWidth: 2,
            fill: (point: Point) => (front.has(point.name) ? colour(point) : 'var(--as-background)'),
            title,
            tip: hover,
          }),
        ],
      };
    },
  };
}
