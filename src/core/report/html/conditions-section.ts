import { chosenWords, contestSentences, contestsInOrder } from '../words/control-words.ts';
import { conditionGroups, conditionRows, type ConditionRow } from '../condition-rows.ts';
import { interval, percent, points, pValue, signed } from '../../format.ts';
import { groupName, type Group } from '../../evaluation/data/groups.ts';
import { otherConditions } from '../rate-rows.ts';
import type { ConditionContest, Summary } from '../../evaluation/data/summary.ts';
import { html, nothing, type Html } from './markup.ts';
import { cell } from './cells.ts';

/** Controls stand beside base and steered: steering is worth what it does beyond them. */
export function conditionsSection(summary: Summary): Html {
  const { controls } = summary;
  const rows = conditionRows(summary);
  return html`<section id="conditions" aria-labelledby="conditions-title">
    <h2 id="conditions-title">Against other ways to refuse</h2>
    ${otherConditions(summary).length > 0 ? nothing : html`<p class="note">No controls ran, so this report can't say how much of the change another vector of the same size, or a system prompt, would have made. Make them with <code>alphasteer compare --controls all</code>.</p>`}
    ${
      controls === undefined
        ? nothing
        : html`<p>
            Each at its own best strength on the choose split, the smallest that reaches the target refusal of
            jailbreaks or else does about as well as any, within the same benign budget: at most
            ${percent(controls.budget.overRefusal)} of the benign and ${percent(controls.budget.borderline)} of the
            borderline prompts newly refused, and ${controls.budget.kl} nats of benign drift at the first token. “Over
            budget”: no strength kept it, and the smallest one stands here.
          </p>`
    }
    <div class="scroll" role="region" tabindex="0" aria-labelledby="conditions-title">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Condition</th>
            <th scope="col" class="number">Strength</th>
            ${conditionGroups.map((group) => html`<th scope="col" class="number">${groupName(group)}</th>`)}
            <th scope="col" class="number">Partial</th>
            <th scope="col" class="number">Degenerate</th>
            <th scope="col" class="number">Replies</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => conditionRow(row, summary.strength))}
        </tbody>
      </table>
    </div>
    <dl>
      ${rows.map(({ words }) =>
        words === null
          ? nothing
          : html`<dt>${words.title}</dt>
              <dd>${words.is} ${words.shows}</dd>`,
      )}
    </dl>
    ${contestsPart(summary)}
    <p class="note">
      ${conditionGroups.map((group) => groupName(group)).join('; ')}: share refused, its 95&nbsp;% interval as in the
      rates above, and the prompts. Of a control that rests on chance: the mean of its draws, and the lowest and the
      highest. Partial, degenerate: replies with that verdict among all replies of the condition.
    </p>
  </section>`;
}

/** Steering less each control, on the same prompts, and which of it is more than chance. */
function contestsPart(summary: Summary): Html {
  const contests = contestsInOrder(summary.against);
  if (contests.length === 0) return nothing;
  return html`<h3 id="contests-title">AlphaSteer less each of them</h3>
    <ul>
      ${contestSentences(summary).map((text) => html`<li>${text}</li>`)}
    </ul>
    <div class="scroll" role="region" tabindex="0" aria-labelledby="contests-title">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">AlphaSteer less</th>
            ${conditionGroups.map((group) => html`<th scope="col" class="number">${groupName(group)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${contests.map(
            ({ title, contest }) =>
              html`<tr>
                <th scope="row">${title}</th>
                ${conditionGroups.map((group) => contestCell(contest[group]))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    <p class="note">
      Difference of the shares refused, on the prompts that both replied to; limits one-sided at 95&nbsp;% with
      templates and goals counted; p of the sign-flip test over them, corrected for the number of controls (Holm).
      Better and worse where p is below 0.05: more refusals are better of harmful prompts and jailbreaks, fewer of the
      others.
    </p>`;
}

const answerWords = { beats: 'better', 'does not beat': 'worse', "can't tell": 'can’t tell' } as const;

function contestCell(contest: ConditionContest | undefined): Html {
  if (contest === undefined) return cell('–');
  const { difference, low, high, holmP, answer } = contest;
  return html`<td class="number">
    ${points(difference)}<br /><span class="quiet"
      >${signed(low * 100, 1)} to ${signed(high * 100, 1)}<br />${answerWords[answer]}, ${pValue(holmP)}</span
    >
  </td>`;
}

function conditionRow(row: ConditionRow, strength: number): Html {
  const { name, words, partial, degenerate, replies } = row;
  return html`<tr>
    <th scope="row">${words?.title ?? name}</th>
    ${cell(chosenWords(row, strength))}${conditionGroups.map((group) => rateCell(row, group))}${cell(partial)}${cell(degenerate)}${cell(replies)}
  </tr> `;
}

function rateCell({ rates, draws }: ConditionRow, group: Group): Html {
  const rate = rates[group];
  if (rate === undefined) return cell('–');
  const of = draws > 1 ? `${draws} × n = ${rate.n}` : `n = ${rate.n}`;
  return html`<td class="number">
    ${percent(rate.rate)}<br /><span class="quiet">${interval(rate.low, rate.high)}<br />${of}</span>
  </td>`;
}
