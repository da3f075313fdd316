import { html, nothing, render } from 'lit';
import type { ReportData } from '../../src/core/report/html/report-data.ts';
import { browserControls } from '../controls/browser-controls.ts';
import { conditionsChart } from '../charts/conditions-chart.ts';
import { normChart, scoreChart } from '../charts/distribution-chart.ts';
import { layerPoints } from '../charts/distribution.ts';
import { figure } from '../charts/figure.ts';
import { fittedLayer, layerChoices, layersToChoose } from '../controls/layer-choice.ts';
import { PromptsTable } from '../table/prompts-table.ts';
import { ratesChart } from '../charts/rates-chart.ts';
import { aucChart, leakageChart } from '../charts/separation-chart.ts';
import { spectrumChart } from '../charts/spectrum-chart.ts';
import { klChart, strengthChart } from '../charts/strength-chart.ts';

/** Draws the charts and the table of prompts of `report.html` into `root`. */
export function mount(root: HTMLElement, data: ReportData): void {
  const { summary, fit, rows } = data;
  const points = layerPoints(rows, fit);
  const table = new PromptsTable({
    controls: browserControls,
    actions: () => ({}),
    state: undefined,
    changed: () => undefined,
  });
  const layers = layersToChoose(fit);
  let layer = layers[0];
  const spectrum = figure(spectrumChart(fittedLayer(fit, layer?.layer), fit.hiddenSize));
  const conditions = conditionsChart(summary);
  const charts = {
    rates: figure(ratesChart(summary)).figure,
    conditions: conditions === null ? nothing : figure(conditions).figure,
    score: figure(scoreChart(points, fit)).figure,
    norm: figure(normChart(points)).figure,
    auc: figure(aucChart(summary)).figure,
    leakage: figure(leakageChart(summary)).figure,
    strength: figure(strengthChart(fit)).figure,
    kl: figure(klChart(fit)).figure,
  };
  const choose = (chosen: string) => {
    layer = layers.find((one) => String(one.layer) === chosen);
    spectrum.show(spectrumChart(fittedLayer(fit, layer?.layer), fit.hiddenSize));
    draw();
  };
  const draw = () => {
    render(
      html`<section id="rates-chart" aria-labelledby="rates-chart-title">
          <h2 id="rates-chart-title">Refusal rates at a glance</h2>
          ${charts.rates} ${charts.conditions}
        </section>
        <section id="prompts" aria-labelledby="prompts-title">
          <h2 id="prompts-title">Prompts, flips first</h2>
          ${table.element}
        </section>
        <section id="layers" aria-labelledby="layers-title">
          <h2 id="layers-title">What steering does in each layer</h2>
          <div class="grid">${charts.score} ${charts.norm}</div>
          <div class="grid">${charts.auc} ${charts.leakage}</div>
          <div class="filters">
            ${browserControls.choice({
              label: 'Layer of the spectrum',
              value: String(layer?.layer ?? ''),
              choices: layerChoices(fit),
              changed: choose,
            })}
          </div>
          ${spectrum.figure}
        </section>
        <section id="strength" aria-labelledby="strength-title">
          <h2 id="strength-title">How the strength was chosen</h2>
          <div class="grid">${charts.strength} ${charts.kl}</div>
        </section>`,
      root,
    );
  };
  draw();
  table.show({ rows, fit });
}
