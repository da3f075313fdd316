import { points, pValue, signed } from './format.ts';
import { groupName, labelGroups } from './groups.ts';
import type { Summary } from './summary.ts';

/** Whether steered beats each control, a sentence for each: on which prompts, by how much, and where nobody can tell. */
export function contestSentences({ against }: Summary): string[] {
  return Object.entries(against).map(([name, contest]) => {
    const seeds = Math.max(...Object.values(contest).map((one) => one.seeds));
    const parts = labelGroups.flatMap((group) => {
      const one = contest[group];
      if (one === undefined) return [];
      const numbers = `${points(one.difference)}, ${signed(one.low * 100, 1)} to ${signed(one.high * 100, 1)}, ${pValue(one.p)}`;
      return `${one.answer} on ${groupName(group).toLowerCase()} prompts (${numbers}, n = ${one.n})`;
    });
    return `Steered against ${name}${seeds > 1 ? ` (mean of ${seeds} seeds)` : ''}, share refused: ${parts.join('; ')}.`;
  });
}
