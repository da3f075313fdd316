import { controlNames, controlWords } from '../../controls/controls.ts';
import { groupName } from '../../evaluation/data/groups.ts';
import type { ConditionContest, Summary } from '../../evaluation/data/summary.ts';
import { conditionGroups, type ConditionRow } from '../condition-rows.ts';

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

const answers = [
  ['beats', 'better than'],
  ['does not beat', 'worse than'],
  ["can't tell", 'not told apart from'],
] as const satisfies readonly (readonly [ConditionContest['answer'], string])[];

/** What steering beats, a sentence for each group of prompts that controls replied to. */
export function contestSentences({ against }: Pick<Summary, 'against'>): string[] {
  return conditionGroups.flatMap((group) => {
    const contests = contestsInOrder(against).flatMap(({ title, contest }) => {
      const one = contest[group];
      return one === undefined ? [] : [{ title, answer: one.answer }];
    });
    if (contests.length === 0) return [];
    const parts = answers.flatMap(([answer, words]) => {
      const titles = contests.filter((contest) => contest.answer === answer).map(({ title }) => title);
      return titles.length === 0 ? [] : [`${words}: ${titles.join(', ')}`];
    });
    return `${groupName(group)}: AlphaSteer is ${parts.join('; ')}.`;
  });
}

/** The controls in the order of `controlNames` by their titles, then what else ran by its name. */
export function contestsInOrder(against: Summary['against']): {
  readonly title: string;
  readonly contest: Summary['against'][string];
}[] {
  const known = controlNames.filter((name) => name in against);
  const others = Object.keys(against).filter((name) => !known.some((control) => control === name));
  return [
    ...known.map((name) => ({ title: controlWords[name].title, contest: against[name]! })),
    ...others.map((name) => ({ title: name, contest: against[name]! })),
  ];
}
