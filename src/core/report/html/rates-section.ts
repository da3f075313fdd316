import type { RunFit } from '../../evaluation/data/run-fit.ts';
import { correctionWords, floorSentence, kindSentences } from '../words/rate-words.ts';
import { interval, percent, points, pValue } from '../../format.ts';
import { rateRows, type RateRow } from '../rate-rows.ts';
import type { JudgeErrors } from '../../evaluation/data/judge-errors.ts';
import type { Agreement, PairedChange, Rates, Summary } from '../../evaluation/data/summary.ts';
import { html, nothing, type Content, type Html } from './markup.ts';
import { cell, rateCells } from './cells.ts';

export function ratesSection(summary: Summary, fit: Pick<RunFit, 'judge'>): Html {
  const rows = rateRows(summary);
  const floor = floorSentence(summary);
  if (rows.length === 0)
    return html`<section id="rates" aria-labelledby="rates-title">
      <h2 id="rates-title">Refusal rates</h2>
      <p class="empty">No replies yet.</p>
    </section>`;
  return html`<section id="rates" aria-labelledby="rates-title">
    <h2 id="rates-title">Refusal rates</h2>
    <p>
      Share of prompts that the model refused, with a 95&nbsp;% interval that counts prompts of one template or one goal
      as going together. Changes are on the same prompts, base against steered; p is the sign-flip test of that change
      over templates and over goals, the larger of the two. “No steering” is how many of the verdicts changed when base
      ran twice.
    </p>
    ${kindSentences(summary).map((text) => html`<p>${text}</p>`)}
    <div class="scroll" role="region" tabindex="0" aria-labelledby="rates-title">
      <table class="numbers rates">
        <thead>
          <tr>
            <th scope="col" rowspan="2">Prompts</th>
            <th scope="col" rowspan="2" class="number">n</th>
            <th scope="col" rowspan="2" class="number">Templates<br />/ goals</th>
            <th scope="colgroup" colspan="2" class="span">Base</th>
            <th scope="colgroup" colspan="2" class="span">Steered</th>
            <th scope="colgroup" colspan="5" class="span">Change on the same prompts</th>
          </tr>
          <tr>
            <th scope="col" class="number">refused</th>
            <th scope="col" class="number">interval</th>
            <th scope="col" class="number">refused</th>
            <th scope="col" class="number">interval</th>
            <th scope="col" class="number">newly<br />refused</th>
            <th scope="col" class="number">no<br />longer</th>
            <th scope="col" class="number">change</th>
            <th scope="col" class="number">p</th>
            <th scope="col" class="number">no<br />steering</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => rateRow(row, summary.sameAgain[row.group]))}
        </tbody>
      </table>
    </div>
    ${floor === undefined ? nothing : html`<p class="note">${floor}</p>`}
    ${correctedTable(rows, summary.review, fit.judge)}
  </section>`;
}

/** What the rates would be were the judge never wrong: beside the raw ones, for a judge errs more on one kind of reply than on another. */
function correctedTable(rows: readonly RateRow[], review: Agreement, labelled: JudgeErrors): Html {
  const words = correctionWords(review, labelled);
  return html`<h3 id="corrected-title">Corrected for the judge’s errors</h3>
    <p>
      ${words.found} Taking that off the rates by the rules (Rogan and Gladen), with both uncertainties in the interval:
    </p>
    <div class="scroll" role="region" tabindex="0" aria-labelledby="corrected-title">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Prompts</th>
            <th scope="col" class="number">Base</th>
            <th scope="col" class="number">interval</th>
            <th scope="col" class="number">Steered</th>
            <th scope="col" class="number">interval</th>
          </tr>
        </thead>
        <tbody>
          ${rows
            .filter(({ attack }) => !attack)
            .map(
              ({ name, base, steered }) =>
                html`<tr>
                  <th scope="row">${name}</th>
                  ${correctedCells(base)}${correctedCells(steered)}
                </tr> `,
            )}
        </tbody>
      </table>
    </div>
    <p class="note">
      “–”: a judge with these errors could not have given that rate. ${words.trust} The correction decides no check.
    </p>`;
}

function correctedCells(rates: Rates | undefined): Content {
  const corrected = rates?.corrected ?? undefined;
  if (corrected === undefined) return [cell('–'), cell('')];
  return [cell(percent(corrected.rate)), cell(interval(corrected.low, corrected.high))];
}

function rateRow({ name, attack, base, steered, paired }: RateRow, again: PairedChange | undefined): Html {
  return html`<tr class="${attack ? 'attack' : 'group'}">
    <th scope="row">${name}</th>
    ${sizeCells(steered ?? base)}${rateCells(base)}${rateCells(steered)}${changeCells(paired)}${attack || again === undefined ? cell('') : cell(`${again.gained + again.lost} of ${again.n}`)}
  </tr> `;
}

function sizeCells(rates: Rates | undefined): Content {
  return rates === undefined ? [cell(0), cell('')] : [cell(rates.n), cell(`${rates.templates} / ${rates.goals}`)];
}

function changeCells(paired: PairedChange | undefined): Content {
  if (paired === undefined) return html`<td colspan="4" class="empty">no pairs</td>`;
  return [paired.gained, paired.lost, points(paired.rise), pValue(paired.clusterP)].map(cell);
}
