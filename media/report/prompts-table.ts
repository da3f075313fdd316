import { count } from '../../src/core/report/format.ts';
import type { ReportData } from '../../src/core/report/report-data.ts';
import { queryRows, type RowQuery, type SortKey } from '../../src/core/report/row-query.ts';
import { element } from './dom.ts';
import { promptFilters } from './prompt-filters.ts';
import { promptRow } from './prompt-row.ts';

/** Rows in the document at a time: enough to scan, few enough that 10,000 prompts stay quick. */
const pageSize = 100;
/** Pause in typing after which the search runs. */
const searchDelayMs = 120;

const columns: readonly (readonly [key: SortKey, name: string])[] = [
  ['change', 'Change'],
  ['id', 'Prompt'],
  ['label', 'Label'],
  ['attack', 'Attack'],
  ['base', 'Base'],
  ['steered', 'Steered'],
  ['score', 'Mean s'],
];

/** Every prompt with its two verdicts, flips first; filters, sorting, pages of 100, and a row that opens. */
export function promptsTable({ rows, fit }: Pick<ReportData, 'rows' | 'fit'>): HTMLElement {
  let query: RowQuery = { sort: 'change', descending: false };
  let found = queryRows(rows, query);
  let page = 0;

  const status = element('p', { class: 'status', role: 'status' });
  const body = element('tbody', {});
  const heads = columns.map(([key, name]) => {
    const button = element('button', { type: 'button', class: 'sort' }, name);
    button.addEventListener('click', () => {
      update({ ...query, sort: key, descending: query.sort === key && !query.descending });
    });
    return { key, head: element('th', { scope: 'col', class: key === 'score' ? 'number' : undefined }, button) };
  });
  const scroller = element(
    'div',
    { class: 'scroll prompts', role: 'region', tabindex: 0, 'aria-label': 'Prompts, a table that scrolls' },
    element(
      'table',
      {},
      element(
        'caption',
        { class: 'unseen' },
        'Prompts with the verdicts of base and steered; the button of each opens both replies',
      ),
      element('thead', {}, element('tr', {}, ...heads.map(({ head }) => head))),
      body,
    ),
  );
  const previous = element('button', { type: 'button' }, '← Previous');
  const next = element('button', { type: 'button' }, 'Next →');
  const pageWords = element('span', {});
  const pages = element('nav', { class: 'pages', 'aria-label': 'Pages of prompts' }, previous, pageWords, next);
  previous.addEventListener('click', () => turnTo(page - 1));
  next.addEventListener('click', () => turnTo(page + 1));

  function update(changed: RowQuery): void {
    query = changed;
    found = queryRows(rows, query);
    turnTo(0);
  }

  function turnTo(wanted: number): void {
    const last = Math.max(0, Math.ceil(found.length / pageSize) - 1);
    page = Math.min(last, Math.max(0, wanted));
    const from = page * pageSize;
    const shown = found.slice(from, from + pageSize);
    body.replaceChildren(
      ...(shown.length === 0
        ? [
            element(
              'tr',
              {},
              element(
                'td',
                { colspan: columns.length, class: 'empty' },
                rows.length === 0 ? 'No replies yet.' : 'No prompt fits these filters.',
              ),
            ),
          ]
        : shown.flatMap((row, at) => promptRow(row, fit, from + at, columns.length))),
    );
    for (const { key, head } of heads) {
      if (key === query.sort) head.setAttribute('aria-sort', query.descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
    status.textContent =
      found.length === rows.length
        ? count(rows.length, 'prompt')
        : `${found.length} of ${count(rows.length, 'prompt')}`;
    pages.hidden = last === 0;
    pageWords.textContent = `${from + 1}–${from + shown.length} of ${found.length}`;
    // A button that is disabled while it has the focus would drop it; aria-disabled keeps the reader in place.
    previous.setAttribute('aria-disabled', String(page === 0));
    next.setAttribute('aria-disabled', String(page === last));
    scroller.scrollTop = 0;
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  const filters = promptFilters(rows, (chosen) => {
    clearTimeout(timer);
    timer = setTimeout(() => update({ ...chosen, sort: query.sort, descending: query.descending }), searchDelayMs);
  });
  turnTo(0);
  return element('div', { class: 'prompts-table' }, filters, status, scroller, pages);
}
