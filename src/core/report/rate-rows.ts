import { attackGroup, groupName, groups, type Group } from '../evaluation/data/groups.ts';
import type { PairedChange, Rates, Summary } from '../evaluation/data/summary.ts';

/** One line of the rates table: a group, or a kind of attack under its group. */
export interface RateRow {
  readonly name: string;
  readonly group: Group;
  readonly attack: boolean;
  readonly base: Rates | undefined;
  readonly steered: Rates | undefined;
  readonly paired: PairedChange | undefined;
}

/** Groups in the report's order, each kind of attack below the jailbreaks it belongs to. */
export function rateRows({ conditions, attacks: rates, paired, pairedAttacks }: Summary): RateRow[] {
  const base = conditions['base'];
  const steered = conditions['steered'];
  const attacks = { ...rates['base'], ...rates['steered'] };
  return groups.flatMap((group) => {
    if (base?.[group] === undefined && steered?.[group] === undefined) return [];
    const row = {
      name: groupName(group),
      group,
      attack: false,
      base: base?.[group],
      steered: steered?.[group],
      paired: paired[group],
    };
    const kinds = Object.entries(attacks)
      .filter(([, { set }]) => attackGroup(set) === group)
      .map(([name]) => ({
        name,
        group,
        attack: true,
        base: rates['base']?.[name],
        steered: rates['steered']?.[name],
        paired: pairedAttacks[name],
      }));
    return [row, ...kinds];
  });
}

/** The controls and other strengths. Base-again is not among them: it replies to a sample, and is only compared in pairs. */
export function otherConditions({ conditions }: Summary): string[] {
  return Object.keys(conditions).filter((name) => !['base', 'steered', 'base-again'].includes(name));
}
