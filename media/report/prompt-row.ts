import { changeState, changeWords } from '../../src/core/report/change-words.ts';
import { visibleControls } from '../../src/core/report/escape-html.ts';
import type { FitSummary } from '../../src/core/report/fit-summary.ts';
import { fixed } from '../../src/core/report/format.ts';
import type { ReportRow, RowSide } from '../../src/core/report/report-rows.ts';
import { meanScore } from '../../src/core/report/row-query.ts';
import { element, type Child } from './dom.ts';
import { labelNames } from './palette.ts';
import { promptDetail } from './prompt-detail.ts';

const excerptLength = 160;

/** The table row of a prompt, and the one below it that its button opens. The detail is made when it is first opened. */
export function promptRow(row: ReportRow, fit: FitSummary, at: number, columns: number): HTMLElement[] {
  const detailId = `alphasteer-detail-${at}`;
  const toggle = element('button', { type: 'button', class: 'toggle', 'aria-expanded': 'false' }, row.id);
  const detailCell = element('td', { colspan: columns });
  const detail = element('tr', { class: 'detail-row', hidden: true, id: detailId }, detailCell);
  toggle.setAttribute('aria-controls', detailId);
  toggle.addEventListener('click', () => {
    const open = toggle.getAttribute('aria-expanded') !== 'true';
    if (open && detailCell.childElementCount === 0) detailCell.append(promptDetail(row, fit));
    toggle.setAttribute('aria-expanded', String(open));
    detail.hidden = !open;
  });
  const score = meanScore(row);
  const line = element(
    'tr',
    { class: 'prompt-row' },
    cell(element('span', { class: `badge badge-${changeState(row)}` }, changeWords(row))),
    element('th', { scope: 'row' }, toggle, element('span', { class: 'excerpt', dir: 'auto' }, excerpt(row.prompt))),
    cell(labelNames[row.label]),
    cell(row.attack ?? '–'),
    cell(verdict(row.base)),
    cell(verdict(row.steered)),
    element('td', { class: 'number' }, score === null ? '–' : fixed(score, 2)),
  );
  return [line, detail];
}

function cell(...children: readonly Child[]): HTMLElement {
  return element('td', {}, ...children);
}

function verdict(side: RowSide | null): Child {
  return side === null ? '–' : element('span', { class: `verdict verdict-${side.verdict}` }, side.verdict);
}

function excerpt(text: string): string {
  const line = visibleControls(text.slice(0, 2 * excerptLength)).replace(/\s+/g, ' ');
  return line.length > excerptLength ? `${line.slice(0, excerptLength)}…` : line;
}
