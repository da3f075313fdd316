import { wilson } from '../../stats/wilson.ts';
import type { Fitted, RunFit } from '../../evaluation/data/run-fit.ts';
import { count } from '../../format.ts';
import { rateCells } from './cells.ts';
import { html, nothing, type Html } from './markup.ts';

/** Whether there is something to say in `choiceSection`. */
export function hasChoice(fit: RunFit): fit is Fitted {
  return fit.kind === 'fitted' && fit.reasons.length > 0;
}

/** Why the fit took these layers, this ratio, thresholds and strength; nothing of an imported steering. */
export function choiceSection(fit: RunFit): Html {
  if (!hasChoice(fit)) return nothing;
  const { reasons, perLayer, attacks } = fit;
  const n = Object.values(attacks).reduce((sum, attack) => sum + attack.n, 0);
  return html`<section id="choice" aria-labelledby="choice-title">
    <h2 id="choice-title">Why these settings</h2>
    <p>
      All of it was chosen on prompts of the fit's files; none of the evaluation's was used. Within the benign budget
      means: with thresholds that steer no more of the benign and borderline prompts than the budget allows.
    </p>
    <ul>
      ${reasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
    ${n === 0 ? nothing : layersTried(perLayer, n)}
  </section>`;
}

function layersTried(perLayer: Fitted['perLayer'], n: number): Html {
  return html`<details>
    <summary>Each layer tried, alone</summary>
    <table class="numbers">
      <thead>
        <tr>
          <th scope="col">Layer</th>
          <th scope="col" class="number">Recognised of ${count(n, 'jailbreak')}</th>
          <th scope="col" class="number">interval, prompts as independent</th>
        </tr>
      </thead>
      <tbody>
        ${perLayer.map(({ layer, steered, recognised }) => {
          return html`<tr class="${steered ? 'steered' : 'unsteered'}">
            <th scope="row">${layer}${steered ? ', steered' : ''}</th>
            ${rateCells({ rate: recognised, ...wilson(Math.round(recognised * n), n) })}
          </tr> `;
        })}
      </tbody>
    </table>
  </details>`;
}
