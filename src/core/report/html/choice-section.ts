import type { FitSummary } from '../fit-summary.ts';
import { html, nothing, type Html } from './markup.ts';

/** Why the fit took these layers, this ratio, thresholds and strength; nothing of an imported steering. */
export function choiceSection({ reasons }: Pick<FitSummary, 'reasons'>): Html {
  if (reasons.length === 0) return nothing;
  return html`<section id="choice" aria-labelledby="choice-title">
    <h2 id="choice-title">Why these settings</h2>
    <p>
      All of it was chosen on prompts of the fit's files; none of the evaluation's was used. Within the benign budget
      means: with thresholds that steer no more of the benign and borderline prompts than the budget allows.
    </p>
    <ul>
      ${reasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
  </section>`;
}
