import { interval, percent, points, pValue } from '../../format.ts';
import { groupName } from '../../evaluation/data/groups.ts';
import { html, nothing, type Html } from '../html/markup.ts';
import { promptText, sideColumn } from '../html/reply-text.ts';
import { flipWords, judgeSentence, pairsSentence } from './diff-words.ts';
import type { ConditionDiff, DiffFlip, DiffRow, RunDiff } from './run-diff.ts';

const shownFlips = 100;

/** Two runs side by side, as the body of a page: what differs, the rates of steered and base, and the flips. */
export function diffSections(diff: RunDiff): Html {
  const [before, after] = diff.runs;
  const [base, steered] = diff.conditions;
  return html`<h1>${before.name} → ${after.name}</h1>
    ${settingsSection(diff)} ${conditionSection(steered!, diff)} ${conditionSection(base!, diff)}
    ${flipsSection(steered!, diff)}`;
}

function settingsSection(diff: RunDiff): Html {
  const [before, after] = diff.runs;
  return html`<section aria-labelledby="settings-title">
    <h2 id="settings-title">The runs</h2>
    <div class="scroll" role="region" tabindex="0" aria-labelledby="settings-title">
      <table>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">${before.name}</th>
            <th scope="col">${after.name}</th>
            <th scope="col"></th>
          </tr>
        </thead>
        <tbody>
          ${diff.settings.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.name}</th>
                <td>${row.before}</td>
                <td>${row.after}</td>
                <td>${row.before === row.after ? '' : 'differs'}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    <p class="note">${judgeSentence(diff)}</p>
  </section>`;
}

function conditionSection(condition: ConditionDiff, diff: RunDiff): Html {
  const id = `${condition.condition}-title`;
  const [before, after] = diff.runs;
  const table = html`<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}">
    <table class="numbers rates">
      <thead>
        <tr>
          <th scope="col" rowspan="2">Prompts</th>
          <th scope="col" rowspan="2" class="number">n</th>
          <th scope="colgroup" colspan="2" class="span">${before.name}</th>
          <th scope="colgroup" colspan="2" class="span">${after.name}</th>
          <th scope="colgroup" colspan="4" class="span">Change on the same prompts</th>
        </tr>
        <tr>
          <th scope="col" class="number">refused</th>
          <th scope="col" class="number">interval</th>
          <th scope="col" class="number">refused</th>
          <th scope="col" class="number">interval</th>
          <th scope="col" class="number">newly refused</th>
          <th scope="col" class="number">no longer</th>
          <th scope="col" class="number">change</th>
          <th scope="col" class="number">p</th>
        </tr>
      </thead>
      <tbody>
        ${condition.rows.map(rateRow)}
      </tbody>
    </table>
  </div>`;
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">Refused, ${condition.condition}</h2>
    <p>
      ${pairsSentence(condition, diff)} Intervals, 95&nbsp;%, count prompts of one template or one goal as going
      together; p is the exact McNemar test of the change, as if every prompt were independent.
    </p>
    ${condition.pairs === 0 ? nothing : table}
  </section>`;
}

function rateRow({ name, attack, before, after, change }: DiffRow): Html {
  const cells = [
    change.n,
    percent(before.rate),
    interval(before.low, before.high),
    percent(after.rate),
    interval(after.low, after.high),
    change.gained,
    change.lost,
    points(change.rise),
    pValue(change.p),
  ];
  return html`<tr class="${attack ? 'attack' : 'group'}">
    <th scope="row">${name}</th>
    ${cells.map((cell) => html`<td class="number">${cell}</td>`)}
  </tr> `;
}

function flipsSection({ flips, pairs }: ConditionDiff, diff: RunDiff): Html {
  return html`<section aria-labelledby="flips-title">
    <h2 id="flips-title">Prompts that one of the two refuses, steered</h2>
    <p>
      ${flips.length} of ${pairs}.
      ${flips.length > shownFlips ? `The first ${shownFlips} are shown; alphasteer diff --json has all.` : ''}
    </p>
    ${flips.slice(0, shownFlips).map((flip) => flipArticle(flip, diff))}
  </section>`;
}

function flipArticle(flip: DiffFlip, { runs: [before, after] }: RunDiff): Html {
  const { words, wanted } = flipWords(flip);
  return html`<article class="flip">
    <h3>
      <span class="badge badge-${wanted ? 'met' : 'missed'}">${words}</span>
      <span class="id">${flip.id}</span>
    </h3>
    <p class="quiet">
      ${groupName(flip.label)}${flip.attack === undefined ? nothing : html` · ${flip.attack}`} ·
      ${flip.file}:${flip.line}
    </p>
    ${promptText(flip)}
    <div class="sides">${sideColumn(before.name, flip.before)} ${sideColumn(after.name, flip.after)}</div>
  </article> `;
}
