import { checkBounds, checkTarget, checkValue, enoughWords, outcomeWords } from '../words/check-words.ts';
import { count } from '../../format.ts';
import { headline } from '../words/headline.ts';
import type { Check, Outcome, Summary } from '../../evaluation/data/summary.ts';
import { html, nothing, type Html } from './markup.ts';

const badges: Readonly<Record<Outcome, readonly [state: string, mark: string]>> = {
  pass: ['met', '✓'],
  fail: ['missed', '✗'],
  'not enough data': ['open', '?'],
};

/** The answer: the verdict, and one paragraph. */
export function headlineSection(summary: Summary, title: string, warnings: number): Html {
  const { sentence, cost, checks } = headline(summary);
  return html`<header class="headline">
    <p class="kicker">${title}</p>
    <p class="outcome outcome-${badges[summary.verdict][0]}">
      <strong class="verdict-word">${outcomeWords[summary.verdict]}.</strong>
      ${checks} ${warnings === 0 ? nothing : html`<a href="#warnings">${count(warnings, 'warning')}</a>`}
    </p>
    <h1>${sentence}</h1>
    <p class="lead">${cost}</p>
  </header>`;
}

export function checksSection({ checks }: Summary): Html {
  const open = checks.some(({ outcome }) => outcome === 'not enough data');
  return html`<section id="checks" aria-labelledby="checks-title">
    <h2 id="checks-title">Checks</h2>
    <p>
      Margins fixed at the fit, before any reply was seen. A check passes when the 95&nbsp;% bounds lie within its
      margin and fails when they lie beyond it; with the margin between them, these prompts are too few to tell.
    </p>
    <div class="scroll" role="region" tabindex="0" aria-labelledby="checks-title">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Result</th>
            <th scope="col">Check</th>
            <th scope="col" class="number">Measured</th>
            <th scope="col" class="number">Margin</th>
            <th scope="col" class="number">95&nbsp;% bounds</th>
            <th scope="col" class="number">Prompts</th>
            <th scope="col" class="number">Templates / goals</th>
            ${open ? html`<th scope="col" class="number">Prompts to decide</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${checks.map((check) => checkRow(check, open))}
        </tbody>
      </table>
    </div>
    ${open ? html`<p class="note">“Prompts to decide”: how many would settle it, were the measured number and the likeness within clusters to stay as they are. On the margin, no number of prompts would.</p>` : nothing}
  </section>`;
}

function checkRow(check: Check, open: boolean): Html {
  const [state, mark] = badges[check.outcome];
  return html`<tr>
    <td><span class="badge badge-${state}">${mark} ${outcomeWords[check.outcome]}</span></td>
    <th scope="row">${check.name}</th>
    <td class="number">${checkValue(check)}</td>
    <td class="number">${checkTarget(check)}</td>
    <td class="number">${checkBounds(check)}</td>
    <td class="number">${check.n}</td>
    <td class="number">${check.templates} / ${check.goals}</td>
    ${open ? html`<td class="number">${enoughWords(check)}</td>` : nothing}
  </tr> `;
}
