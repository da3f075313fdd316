import { html, type TemplateResult } from 'lit';
import { attackName } from '../../src/core/evaluation/rates/attack-rates.ts';
import { compareText } from '../../src/core/evaluation/replies/latest-replies.ts';
import type { ReportRow } from '../../src/core/evaluation/replies/report-rows.ts';
import { sampleSize, type RowQuery } from '../../src/core/evaluation/row-query.ts';
import type { Choices, Controls } from '../controls/controls.ts';
import { labelNames, labelOrder, verdictOrder } from '../charts/palette.ts';

export type Filters = Omit<RowQuery, 'sort' | 'descending'>;

const changeChoices: Choices = [
  ['flip', 'Flips'],
  ['worse', 'Unwanted flips'],
  ['better', 'Wanted flips'],
  ['other', 'Another verdict, no flip'],
  ['same', 'Unchanged'],
  ['missing', 'Without a pair'],
];

const verdictChoices: Choices = verdictOrder.map((verdict) => [verdict, verdict[0]!.toUpperCase() + verdict.slice(1)]);

/**
 * The row of filters above the table.
 * @param changed called with what the reader changed; null clears all
 */
export function promptFilters(
  rows: readonly ReportRow[],
  filters: Filters,
  controls: Controls,
  changed: (patch: Partial<Filters> | null) => void,
): TemplateResult {
  const attacks = [...new Set(rows.filter(({ label }) => label === 'jailbreak').map(attackName))].sort(compareText);
  const present = labelOrder.filter((one) => rows.some(({ label }) => label === one));
  const choice = (label: string, key: Exclude<keyof Filters, 'text'>, choices: Choices) =>
    controls.choice({
      label,
      value: filters[key] ?? '',
      choices: [['', 'All'], ...choices],
      // The value is one of the choices', which are the key's.
      changed: (value) => changed({ [key]: value === '' ? undefined : value }),
    });
  return html`<div class="filters" role="search" aria-label="Prompts">
    ${controls.search({
      label: 'Search',
      value: filters.text ?? '',
      placeholder: 'in prompts, replies and ids',
      changed: (text) => changed({ text }),
    })}
    ${choice('Change', 'change', changeChoices)}
    ${choice(
      'Label',
      'label',
      present.map((label) => [label, labelNames[label]]),
    )}
    ${
      attacks.length === 0
        ? ''
        : choice(
            'Attack',
            'attack',
            attacks.map((name) => [name, name]),
          )
    }
    ${choice('Base', 'base', verdictChoices)} ${choice('Steered', 'steered', verdictChoices)}
    ${rows.length > sampleSize ? choice('Prompts', 'drawn', [['sample', `${sampleSize} at random`]]) : ''}
    ${controls.button({ label: 'Clear', icon: 'clear-all', clicked: () => changed(null) })}
  </div>`;
}
