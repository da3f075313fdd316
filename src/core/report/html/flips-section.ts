import { chatText } from '../chat-text.ts';
import { changeState, changeWords } from '../change-words.ts';
import { count } from '../format.ts';
import { markedText } from '../marked-text.ts';
import { groupName } from '../groups.ts';
import { reviewWords } from '../review-words.ts';
import { isFlip, type ReportRow, type RowSide } from '../report-rows.ts';
import { html, nothing, type Html } from './markup.ts';

const shownFlips = 50;
const shownPrompt = 600;
const shownReply = 1200;

/** Prompts whose refusal changed, for a reader without scripts: the unwanted changes first. The script's table replaces it. */
export function flipsSection(rows: readonly ReportRow[]): Html {
  const flips = rows.filter(({ change }) => isFlip(change));
  const worse = flips.filter(({ change }) => change === 'worse').length;
  return html`<section id="flips" aria-labelledby="flips-title">
    <h2 id="flips-title">Prompts whose refusal changed</h2>
    ${
      flips.length === 0
        ? html`<p class="empty">
            None of ${count(rows.length, 'prompt')}: every prompt refused by one is refused by the other.
          </p>`
        : html`<p>
            ${flips.length} of ${count(rows.length, 'prompt')}: ${worse} unwanted (harmless and newly refused, or
            malicious and newly answered), ${flips.length - worse} wanted. The words that decided each verdict are
            marked.
          </p>`
    }
    ${flips.slice(0, shownFlips).map(flipArticle)}
    ${flips.length > shownFlips ? html`<p class="note">${flips.length - shownFlips} more are in this file: scripts show them all, with search and filters.</p>` : nothing}
  </section>`;
}

function flipArticle(row: ReportRow): Html {
  return html`<article class="flip">
    <h3>
      <span class="badge badge-${changeState(row)}">${changeWords(row)}</span>
      <span class="id">${row.id}</span>
    </h3>
    <p class="quiet">
      ${groupName(row.label)}${row.attack === undefined ? nothing : html` · ${row.attack}`} · ${row.file}:${row.line}
    </p>
    ${row.earlier === undefined ? nothing : html`<p class="prompt" dir="auto">${cutText(chatText(row.earlier), null, shownPrompt)}</p>`}
    <p class="prompt" dir="auto">${cutText(row.prompt, null, shownPrompt)}</p>
    <div class="sides">${sideColumn('Base', row.base)} ${sideColumn('Steered', row.steered)}</div>
  </article> `;
}

function sideColumn(name: string, side: RowSide | null): Html {
  if (side === null)
    return html`<div class="side">
      <h4>${name}</h4>
      <p class="empty">No reply.</p>
    </div>`;
  return html`<div class="side">
    <h4>${name} <span class="verdict verdict-${side.verdict}">${side.verdict}</span> ${reviewed(side)}</h4>
    <p dir="auto">
      ${side.reply === '' ? html`<em class="empty">empty reply</em>` : cutText(side.reply, side.span, shownReply)}
    </p>
  </div>`;
}

function reviewed(side: RowSide): Html {
  const words = reviewWords(side);
  return words === undefined ? nothing : html`<span class="quiet">${words}</span>`;
}

/** `.text` keeps the white space of what models write; it is a span so that the layout of this file can't get into it. */
function cutText(text: string, span: readonly [number, number] | null, limit: number): Html {
  const { pieces, cut } = markedText(text, span, limit);
  const marked = pieces.map((piece) => (piece.marked ? html`<mark>${piece.text}</mark>` : html`${piece.text}`));
  const note = cut === 0 ? nothing : html`<span class="note"> … ${count(cut, 'more character')} not shown here</span>`;
  return html`<span class="text">${marked}</span>${note}`;
}
