import type { Verdict } from '../../src/core/judge/verdict.ts';
import { attackName } from '../../src/core/report/attack-rates.ts';
import { compareText } from '../../src/core/report/latest-replies.ts';
import type { ReportRow } from '../../src/core/report/report-rows.ts';
import type { RowQuery } from '../../src/core/report/row-query.ts';
import { element } from './dom.ts';
import { labelNames, labelOrder } from './palette.ts';

type Filters = Omit<RowQuery, 'sort' | 'descending'>;
type Choices<T extends string> = readonly (readonly [value: T, name: string])[];

const changeChoices: Choices<NonNullable<RowQuery['change']>> = [
  ['flip', 'Flips'],
  ['worse', 'Unwanted flips'],
  ['better', 'Wanted flips'],
  ['other', 'Another verdict, no flip'],
  ['same', 'Unchanged'],
  ['missing', 'Without a pair'],
];
const verdictChoices: Choices<Verdict> = [
  ['refused', 'Refused'],
  ['partial', 'Partial'],
  ['complied', 'Complied'],
  ['degenerate', 'Degenerate'],
];

/** The row of filters above the table; `changed` is called with what they let through. */
export function promptFilters(rows: readonly ReportRow[], changed: (filters: Filters) => void): HTMLElement {
  const attacks = [...new Set(rows.filter(({ label }) => label === 'jailbreak').map(attackName))].sort(compareText);
  const text = element('input', {
    type: 'search',
    placeholder: 'in prompts, replies and ids',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const change = choice(changeChoices);
  const label = choice(
    labelOrder.filter((one) => rows.some((row) => row.label === one)).map((one) => [one, labelNames[one]] as const),
  );
  const attack = choice(attacks.map((name) => [name, name] as const));
  const base = choice(verdictChoices);
  const steered = choice(verdictChoices);
  const read = () => {
    changed({
      text: text.value,
      change: change.value(),
      label: label.value(),
      attack: attack.value(),
      base: base.value(),
      steered: steered.value(),
    });
  };
  const form = element(
    'form',
    { class: 'filters', role: 'search', 'aria-label': 'Prompts' },
    field('Search', text),
    field('Change', change.select),
    field('Label', label.select),
    ...(attacks.length === 0 ? [] : [field('Attack', attack.select)]),
    field('Base', base.select),
    field('Steered', steered.select),
    element('button', { type: 'reset' }, 'Clear'),
  );
  form.addEventListener('input', read);
  form.addEventListener('submit', (event) => event.preventDefault());
  // The fields have their new values only after the event.
  form.addEventListener('reset', () => setTimeout(read));
  return form;
}

function field(name: string, control: HTMLElement): HTMLElement {
  return element('label', {}, element('span', {}, name), control);
}

function choice<T extends string>(
  choices: Choices<T>,
): { readonly select: HTMLSelectElement; readonly value: () => T | undefined } {
  const select = element(
    'select',
    {},
    element('option', { value: '' }, 'All'),
    ...choices.map(([value, name]) => element('option', { value }, name)),
  );
  return { select, value: () => choices[select.selectedIndex - 1]?.[0] };
}
