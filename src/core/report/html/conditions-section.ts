import { contestSentences } from '../contest-words.ts';
import { percent } from '../format.ts';
import { groupName, labelGroups } from '../groups.ts';
import { otherConditions } from '../rate-rows.ts';
import type { Summary } from '../summary.ts';
import { html, nothing, type Html } from './markup.ts';

/** Controls stand beside base and steered: steering is worth what it does beyond them. */
export function conditionsSection(summary: Summary): Html {
  const names = ['base', 'steered', ...otherConditions(summary)].filter((name) => name in summary.conditions);
  return html`<section id="conditions" aria-labelledby="conditions-title">
    <h2 id="conditions-title">Against other ways to refuse</h2>
    ${otherConditions(summary).length > 0 ? nothing : html`<p class="note">No controls ran, so this report can't say how much of the change another vector of the same size, or a system prompt, would have made.</p>`}
    <div class="scroll" role="region" tabindex="0" aria-labelledby="conditions-title">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Condition</th>
            ${labelGroups.map((group) => html`<th scope="col" class="number">${groupName(group)}</th>`)}
            <th scope="col" class="number">Partial</th>
            <th scope="col" class="number">Degenerate</th>
            <th scope="col" class="number">Replies</th>
          </tr>
        </thead>
        <tbody>
          ${names.map((name) => conditionRow(summary, name))}
        </tbody>
      </table>
    </div>
    ${contestSentences(summary).map((text) => html`<p>${text}</p>`)}
    <p class="note">
      ${labelGroups.map((group) => groupName(group)).join(', ')}: share refused. Partial, degenerate: replies with that
      verdict among all replies of the condition.
    </p>
  </section>`;
}

function conditionRow({ conditions }: Summary, name: string): Html {
  const condition = conditions[name]!;
  const all = labelGroups.map((group) => condition[group]).filter((rates) => rates !== undefined);
  const sum = (key: 'n' | 'partial' | 'degenerate') => all.reduce((total, rates) => total + rates[key], 0);
  const rates = labelGroups.map((group) => cell(condition[group] === undefined ? '–' : percent(condition[group].rate)));
  return html`<tr>
    <th scope="row">${name}</th>
    ${rates}${cell(sum('partial'))}${cell(sum('degenerate'))}${cell(sum('n'))}
  </tr> `;
}

function cell(content: string | number): Html {
  return html`<td class="number">${content}</td>`;
}
