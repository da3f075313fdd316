import { html, type TemplateResult } from 'lit';
import type { LayerSummary } from '../../../src/core/evaluation/data/summary.ts';
import { normChart, scoreChart } from '../../charts/distribution-chart.ts';
import type { Chart } from '../../charts/figure.ts';
import { aucChart, leakageChart } from '../../charts/separation-chart.ts';
import type { PageParts } from './page-parts.ts';

/** Every layer side by side; a click on one chooses it. */
export function layersOverview({ view, points, figures, choose }: Omit<PageParts, 'state' | 'table'>): TemplateResult {
  const { fit, summary } = view;
  const chooseLayer = (datum: unknown) => choose({ layer: (datum as LayerSummary).layer, picked: undefined });
  const overview = (name: string, chart: Chart) => figures.show(name, [view], { ...chart, picked: chooseLayer });
  return html`<section id="layers" aria-labelledby="layers-title">
    <h2 id="layers-title">Every layer</h2>
    <div class="grid">${overview('scores', scoreChart(points, fit))} ${overview('norms', normChart(points))}</div>
    <div class="grid">${overview('auc', aucChart(summary))} ${overview('leakage', leakageChart(summary))}</div>
  </section>`;
}
