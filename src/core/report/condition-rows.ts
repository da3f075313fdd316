import type { ControlFit } from '../controls/control-fit.ts';
import { controlNames, controlWords, type ControlWords } from '../controls/controls.ts';
import { mean } from '../stats/mean.ts';
import type { Group } from '../evaluation/data/groups.ts';
import { otherConditions } from './rate-rows.ts';
import type { Rates, Summary } from '../evaluation/data/summary.ts';

/** Groups that a condition is judged by: the jailbreaks apart by whether the fit saw their kind. */
export const conditionGroups = [
  'harmful',
  'jailbreak-seen',
  'jailbreak-unseen',
  'benign',
  'borderline',
] as const satisfies readonly Group[];

/** Refusals of one condition on one group; of a control that was drawn several times the mean, and the lowest and highest draw. */
export interface ConditionRate {
  readonly n: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** One line of the table of conditions: base, steered, a control with all its draws, or a strength that ran once. */
export interface ConditionRow {
  readonly name: string;
  readonly words: ControlWords | null;
  /** What was chosen for each draw; empty for what is no control. */
  readonly fits: readonly ControlFit[];
  readonly draws: number;
  readonly rates: Readonly<Partial<Record<Group, ConditionRate>>>;
  readonly partial: number;
  readonly degenerate: number;
  /** Replies, of all draws. */
  readonly replies: number;
}

const known: Readonly<Record<string, ControlWords>> = {
  base: { title: 'Base', is: 'The untouched model.', shows: '' },
  steered: { title: 'AlphaSteer', is: 'Steered as fitted.', shows: '' },
};

/** Base and steered, then the controls in the order of `controlNames`, then what else was run. */
export function conditionRows(summary: Summary): ConditionRow[] {
  const fits = summary.controls?.fitted ?? [];
  const ofControls = controlNames.flatMap((control) => {
    const own = fits.filter((fit) => fit.control === control && fit.condition in summary.conditions);
    return own.length === 0 ? [] : [row(summary, control, controlWords[control], own)];
  });
  const ofFits = new Set(fits.map(({ condition }) => condition));
  const others = otherConditions(summary).filter((name) => !ofFits.has(name));
  const first = ['base', 'steered'].filter((name) => name in summary.conditions);
  return [
    ...first.map((name) => row(summary, name, known[name]!, [])),
    ...ofControls,
    ...others.map((name) => row(summary, name, null, [])),
  ];
}

function row(summary: Summary, name: string, words: ControlWords | null, fits: readonly ControlFit[]): ConditionRow {
  const conditions = fits.length === 0 ? [name] : fits.map(({ condition }) => condition);
  const summaries = conditions.map((condition) => summary.conditions[condition]!);
  const ofGroup = (group: Group): Rates[] =>
    summaries.map((rates) => rates[group]).filter((rates) => rates !== undefined);
  const all = conditionGroups.flatMap(ofGroup);
  const sum = (key: 'n' | 'partial' | 'degenerate'): number => all.reduce((total, rates) => total + rates[key], 0);
  return {
    name,
    words,
    fits,
    draws: conditions.length,
    rates: Object.fromEntries(
      conditionGroups.flatMap((group) => {
        const rates = ofGroup(group);
        return rates.length === 0 ? [] : [[group, together(rates)]];
      }),
    ),
    partial: sum('partial'),
    degenerate: sum('degenerate'),
    replies: sum('n'),
  };
}

function together(rates: readonly Rates[]): ConditionRate {
  const [first] = rates;
  if (rates.length === 1) {
    const { n, rate, low, high } = first!;
    return { n, rate, low, high };
  }
  const each = rates.map(({ rate }) => rate);
  return { n: first!.n, rate: mean(each), low: Math.min(...each), high: Math.max(...each) };
}
