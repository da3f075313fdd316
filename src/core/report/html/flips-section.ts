import { changeState, changeWords } from '../words/reply-words.ts';
import { count } from '../../format.ts';
import { groupName } from '../../evaluation/data/groups.ts';
import { isFlip, type ReportRow } from '../../evaluation/replies/report-rows.ts';
import { html, nothing, type Html } from './markup.ts';
import { promptText, sideColumn } from './reply-text.ts';

const shownFlips = 50;

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
            malicious and no longer refused), ${flips.length - worse} wanted. The words that decided each verdict are
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
    ${promptText(row)}
    <div class="sides">${sideColumn('Base', row.base)} ${sideColumn('Steered', row.steered)}</div>
  </article> `;
}
