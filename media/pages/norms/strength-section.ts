import { html, type TemplateResult } from 'lit';
import { klChart, strengthChart } from '../../charts/strength-chart.ts';
import type { PageParts } from './page-parts.ts';

/** What each strength that was tried did. */
export function strengthSection({ view, figures }: Pick<PageParts, 'view' | 'figures'>): TemplateResult {
  const { fit } = view;
  return html`<section id="strength" aria-labelledby="strength-title">
    <h2 id="strength-title">How the strength was chosen</h2>
    <div class="grid">
      ${figures.show('strength', [view], strengthChart(fit))} ${figures.show('kl', [view], klChart(fit))}
    </div>
  </section>`;
}
