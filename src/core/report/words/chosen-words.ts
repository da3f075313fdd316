import type { ConditionRow } from '../condition-rows.ts';

/** The strength of a condition as the report says it: `2`, `0.5 to 2`, `0.1, over budget`; a dash where there is none. */
export function chosenWords({ name, fits }: Pick<ConditionRow, 'name' | 'fits'>, strength: number): string {
  if (fits.length === 0) return name === 'steered' ? String(strength) : '–';
  const over = fits.filter(({ withinBudget }) => !withinBudget).length;
  const cost = over === 0 ? '' : over === fits.length ? 'over budget' : `over budget in ${over} of ${fits.length}`;
  const strengths = fits.filter(({ push }) => push !== 'none').map((fit) => fit.strength);
  const [least, most] = [Math.min(...strengths), Math.max(...strengths)];
  const chosen = strengths.length === 0 ? '–' : least === most ? String(least) : `${least} to ${most}`;
  return cost === '' ? chosen : `${chosen}, ${cost}`;
}
