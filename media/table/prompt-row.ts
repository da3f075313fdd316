import { html, nothing, type TemplateResult } from 'lit';
import { changeState, changeWords, reviewWords } from '../../src/core/report/words/reply-words.ts';
import { visibleControls } from '../../src/core/report/html/escape-html.ts';
import { fixed } from '../../src/core/format.ts';
import type { ReportRow, RowSide } from '../../src/core/evaluation/replies/report-rows.ts';
import { meanScore } from '../../src/core/evaluation/row-query.ts';
import { labelNames } from '../charts/palette.ts';

const excerptLength = 160;

export interface RowState {
  /** Place among the rows found, from 0. */
  readonly index: number;
  readonly open: boolean;
  /** Whether the tab key comes to this row; the arrow keys go on from there. */
  readonly current: boolean;
  readonly toggle: () => void;
}

/** The table row of a prompt; its button opens the one below. */
export function promptRow(row: ReportRow, { index, open, current, toggle }: RowState): TemplateResult {
  const score = meanScore(row);
  // Row 1 is the head.
  return html`<tr class="prompt-row" aria-rowindex=${index + 2}>
    <td><span class="badge badge-${changeState(row)}">${changeWords(row)}</span></td>
    <th scope="row">
      <button
        type="button"
        class="toggle"
        aria-expanded=${open}
        aria-controls=${detailId(index)}
        tabindex=${current ? 0 : -1}
        @click=${toggle}
      >
        ${visibleControls(row.id)}
      </button>
      <span class="excerpt" dir="auto">${excerpt(row.prompt)}</span>
    </th>
    <td>${labelNames[row.label]}</td>
    <td title=${row.attack ?? nothing}>${row.attack === undefined ? '–' : visibleControls(row.attack)}</td>
    <td>${verdict(row.base)}</td>
    <td>${verdict(row.steered)}</td>
    <td class="number">${score === null ? '–' : fixed(score, 2)}</td>
  </tr>`;
}

export function detailId(index: number): string {
  return `alphasteer-detail-${index}`;
}

function verdict(side: RowSide | null): TemplateResult | string {
  if (side === null) return '–';
  const words = reviewWords(side);
  const review = words === undefined ? '' : html`<span class="review-mark" title=${words}>reviewed</span>`;
  return html`<span class="verdict verdict-${side.verdict}">${side.verdict}</span>${review}`;
}

function excerpt(text: string): string {
  const line = visibleControls(text.slice(0, 2 * excerptLength)).replace(/\s+/g, ' ');
  return line.length > excerptLength ? `${line.slice(0, excerptLength)}…` : line;
}
