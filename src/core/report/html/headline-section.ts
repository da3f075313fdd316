import { checkBound, checkTarget, checkValue, isMetBeyondChance } from '../check-words.ts';
import { count } from '../format.ts';
import { headline } from '../headline.ts';
import type { Check, Summary } from '../summary.ts';
import { html, nothing, type Html } from './markup.ts';

/** The answer: one paragraph, and how the checks it rests on came out. */
export function headlineSection(summary: Summary, title: string, warnings: number): Html {
  const { sentence, cost } = headline(summary);
  const met = summary.checks.filter((check) => check.met).length;
  const open = summary.checks.filter((check) => check.met && !isMetBeyondChance(check)).length;
  const state = met === summary.checks.length ? 'met' : 'missed';
  return html`<header class="headline">
    <p class="kicker">${title}</p>
    <h1>${sentence}</h1>
    <p class="lead">${cost}</p>
    <p class="outcome outcome-${state}">
      <strong>${met} of ${summary.checks.length} checks met${open === 0 ? '' : `, ${open} of them open`}.</strong>
      ${missed(summary.checks)}
      ${warnings === 0 ? nothing : html`<a href="#warnings">${count(warnings, 'warning')}</a>`}
    </p>
  </header>`;
}

export function checksSection({ checks }: Summary): Html {
  return html`<section id="checks" aria-labelledby="checks-title">
    <h2 id="checks-title">Checks</h2>
    <div class="scroll" role="region" tabindex="0" aria-labelledby="checks-title">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Result</th>
            <th scope="col">Check</th>
            <th scope="col" class="number">Measured</th>
            <th scope="col" class="number">Target</th>
            <th scope="col" class="number">95&nbsp;% bound</th>
            <th scope="col" class="number">Prompts</th>
          </tr>
        </thead>
        <tbody>
          ${checks.map(checkRow)}
        </tbody>
      </table>
    </div>
    ${checks.some((check) => check.met && !isMetBeyondChance(check)) ? html`<p class="note">“Met, open” means that the measured number meets the target, but so few prompts can't rule out that the true one misses it: the bound lies beyond the target.</p>` : nothing}
  </section>`;
}

function checkRow(check: Check): Html {
  const [state, words] = outcome(check);
  return html`<tr>
    <td><span class="badge badge-${state}">${words}</span></td>
    <th scope="row">${check.name}</th>
    <td class="number">${checkValue(check)}</td>
    <td class="number">${checkTarget(check)}</td>
    <td class="number">${checkBound(check) ?? '–'}</td>
    <td class="number">${check.n}</td>
  </tr> `;
}

function outcome(check: Check): [state: string, words: string] {
  if (check.value === null) return ['unknown', '– Not measured'];
  if (!check.met) return ['missed', '✗ Not met'];
  return isMetBeyondChance(check) ? ['met', '✓ Met'] : ['open', '✓ Met, open'];
}

function missed(checks: readonly Check[]): string {
  const failed = checks.filter(({ met }) => !met);
  if (failed.length === 0) return '';
  return `Not met: ${failed.map((check) => `${check.name} (${checkValue(check)}, target ${checkTarget(check)})`).join('; ')}.`;
}
