import { confusionKappa, judgeFault, verdictQuality, type Share } from '../../judge/judge-quality.ts';
import type { Confusion } from '../../judge/measure-judge.ts';
import { verdicts } from '../../judge/verdict.ts';
import { count, fixed, interval, percent } from '../../format.ts';
import type { JudgeFacts } from '../../evaluation/data/judge-facts.ts';
import { html, nothing, type Content, type Html } from './markup.ts';

/** What the verdicts are worth: the rules against the labelled replies. */
export function judgeSection({ version, sha256, file, measure }: JudgeFacts): Html {
  const { confusion } = measure;
  const n = verdicts.reduce((total, is) => total + verdicts.reduce((sum, says) => sum + confusion[is][says], 0), 0);
  const fault = judgeFault(measure);
  return html`<section id="judge" aria-labelledby="judge-title">
    <h2 id="judge-title">How good the judge is</h2>
    ${fault === undefined ? nothing : html`<p class="outcome outcome-missed"><strong>${fault}</strong></p>`}
    <p>
      ${file === undefined ? 'The shipped rules' : html`The workspace's own rules, ${file}`}, version ${version}
      (SHA-256 ${sha256.slice(0, 12)}…), judged the replies. On ${count(n, 'labelled reply', 'labelled replies')} that
      no shipped rule was tuned on, written in the styles of ten families of models and of the bundled one, with traps
      on purpose, they agree with the labels by ${kappaWords(confusion)}. Real replies are mostly plainer.
    </p>
    <div class="scroll" role="region" tabindex="0" aria-labelledby="judge-title">
      ${confusionTable(confusion, {
        rows: 'True verdict',
        columns: 'judged',
        ofRow: 'Found (recall)',
        ofColumn: 'Right (precision)',
      })}
    </div>
  </section>`;
}

/** Cohen's kappa with its interval. */
export function kappaWords(confusion: Confusion): string {
  const { kappa, low, high } = confusionKappa(confusion);
  if (kappa === null) return "a Cohen's kappa that can't be told (only one verdict was ever given)";
  return `a Cohen's kappa of ${fixed(kappa, 2)} (95\u00a0%: ${fixed(low, 2)} to ${fixed(high, 2)})`;
}

interface ConfusionNames {
  readonly rows: string;
  readonly columns: string;
  /** What the diagonal's share of a row, and of a column, is called. */
  readonly ofRow: string;
  readonly ofColumn: string;
}

/** Counts by two verdicts on the same replies, with the share on the diagonal at the ends of rows and columns. */
export function confusionTable(confusion: Confusion, { rows, columns, ofRow, ofColumn }: ConfusionNames): Html {
  const quality = verdictQuality(confusion);
  return html`<table class="numbers">
    <thead>
      <tr>
        <th scope="col">${rows}</th>
        ${verdicts.map((says) => html`<th scope="col" class="number">${columns} ${says}</th>`)}
        <th scope="col" class="number">${ofRow}</th>
      </tr>
    </thead>
    <tbody>
      ${quality.map(
        ({ verdict: is, recall }) =>
          html`<tr>
            <th scope="row">${is}</th>
            ${verdicts.map((says) => html`<td class="number">${confusion[is][says]}</td>`)}
            <td class="number">${shareWords(recall)}</td>
          </tr>`,
      )}
      <tr>
        <th scope="row">${ofColumn}</th>
        ${quality.map(({ precision }) => html`<td class="number">${shareWords(precision)}</td>`)}
        <td></td>
      </tr>
    </tbody>
  </table>`;
}

function shareWords({ k, n, low, high }: Share): Content {
  return n === 0 ? '–' : html`${percent(k / n)} of ${n} <br /><span class="quiet">(${interval(low, high)})</span>`;
}
