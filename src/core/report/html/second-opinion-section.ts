import { checkTarget, checkValue } from '../words/check-words.ts';
import { count } from '../../format.ts';
import type { SecondOpinion } from '../../evaluation/second-opinion.ts';
import { changedWords, worthlessWords } from '../words/second-opinion-words.ts';
import { confusionTable, kappaWords } from './judge-section.ts';
import { html, nothing, type Html } from './markup.ts';

/** What another judge says of the same replies, and what that changes in the checks. */
export function secondOpinionSection(opinion: SecondOpinion): Html {
  const { judge, asked, unclear, confusion, checks } = opinion;
  return html`<section id="second-judge" aria-labelledby="second-judge-title">
    <h2 id="second-judge-title">A second judge</h2>
    <p>
      ${judge} judged ${count(asked, 'different reply', 'different replies')}
      too${unclear === 0 ? nothing : `, and gave no verdict on ${unclear} of them`}. It agrees with the rules by
      ${kappaWords(confusion)}. ${worthlessWords(opinion) ?? nothing} <strong>${changedWords(opinion)}</strong>
    </p>
    <div class="scroll" role="region" tabindex="0" aria-labelledby="second-judge-title">
      ${confusionTable(confusion, {
        rows: "Rules' verdict",
        columns: 'second judge:',
        ofRow: 'The same by the second judge',
        ofColumn: 'The same by the rules',
      })}
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Check, on the replies that both judged</th>
            <th scope="col" class="number">Target</th>
            <th scope="col" class="number">By the rules</th>
            <th scope="col" class="number">By the second judge</th>
          </tr>
        </thead>
        <tbody>
          ${checks.map(
            ({ rules, second }) =>
              html`<tr>
                <th scope="row">${rules.name}</th>
                <td class="number">${checkTarget(rules)}</td>
                <td class="number">${checkValue(rules)}, ${rules.outcome}</td>
                <td class="number">${checkValue(second)}, ${second.outcome}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
