import { html, nothing, type TemplateResult } from 'lit';
import { choiceSection } from '../../src/core/report/html/choice-section.ts';
import { kindsSection } from '../../src/core/report/html/kinds-section.ts';
import { layersSection } from '../../src/core/report/html/layers-section.ts';
import { count, fixed } from '../../src/core/format.ts';
import type { LayerSummary } from '../../src/core/evaluation/data/summary.ts';
import { editorControls } from '../controls/editor-controls.ts';
import type { RunView } from './run-model.ts';
import { startRunPage } from './run-page.ts';
import { normChart, scoreChart } from '../charts/distribution-chart.ts';
import { layerPoints, type LayerPoint, type Measure } from '../charts/distribution.ts';
import { figure, type Chart, type DrawnChart } from '../charts/figure.ts';
import { layerChoices, layersToChoose } from '../controls/layer-choice.ts';
import { PromptsTable, type TableState } from '../table/prompts-table.ts';
import { aucChart, leakageChart } from '../charts/separation-chart.ts';
import { spectrumChart } from '../charts/spectrum-chart.ts';
import { klChart, strengthChart } from '../charts/strength-chart.ts';
import { template } from '../controls/template.ts';
import { barsOf, type Bar } from '../charts/bars.ts';
import { barName, histogramChart } from '../charts/histogram-chart.ts';

/** A bar by what makes it, so that it is found again when the run has gone on. */
interface PickedBar {
  readonly measure: Measure;
  readonly label: Bar['label'];
  readonly from: number;
}

interface NormsState {
  readonly layer?: number;
  readonly norm: 'norm' | 'relativeNorm';
  readonly picked?: PickedBar | undefined;
  readonly table?: TableState;
}

/** Steering norms: what each layer sees in each prompt, how it was fitted, and how the strength was chosen. */
startRunPage<NormsState>({ norm: 'relativeNorm' }, (host, { table: kept }) => {
  const table = new PromptsTable({
    controls: editorControls,
    actions: () => ({ open: ({ file, line }) => host.post({ type: 'open', file, line }) }),
    state: kept,
    changed: (state) => host.keep({ table: state }),
  });
  const figures = new Map<string, { readonly drawn: DrawnChart; readonly of: readonly unknown[] }>();
  /** The figure of a name, drawn again only where something that it is drawn from is another. */
  const shownChart = (name: string, of: readonly unknown[], chart: Chart): HTMLElement => {
    const known = figures.get(name);
    if (known?.of.every((one, at) => one === of[at])) return known.drawn.figure;
    const drawn = known?.drawn ?? figure(chart);
    figures.set(name, { drawn, of });
    drawn.show(chart);
    return drawn.figure;
  };
  let points: readonly LayerPoint[] = [];
  let shown: RunView | undefined;

  /** Draws the charts that depend on what was chosen, and the prompts behind the picked bar. */
  const choose = (changed: Partial<NormsState>) => {
    host.keep(changed);
    host.redraw();
  };
  const chooseLayer = (datum: unknown) => choose({ layer: (datum as LayerSummary).layer, picked: undefined });

  return {
    draw: (view, state) => {
      const { fit, summary, run } = view;
      if (shown !== view) points = layerPoints(view.rows, fit);
      shown = view;
      const layers = layersToChoose(fit);
      const chosen = layers.find(({ layer }) => layer === state.layer) ?? layers[0];
      const layer = chosen?.layer ?? 0;
      const atLayer = points.filter((point) => point.layer === layer);
      const histogram = (name: string, measure: Measure) =>
        shownChart(
          name,
          [view, layer, measure, state.picked],
          histogramChart(
            atLayer,
            measure,
            { layer, threshold: chosen?.threshold ?? null },
            ({ label, from }) => choose({ picked: { measure, label, from } }),
            (bar) => isSame(state.picked, measure, bar),
          ),
        );
      const overview = (name: string, chart: Chart) => shownChart(name, [view], { ...chart, picked: chooseLayer });
      const { picked } = state;
      const bar = picked && barsOf(atLayer, picked.measure).find((one) => isSame(picked, picked.measure, one));
      if (bar !== undefined) {
        const behind = new Set(bar.ids);
        table.show({ rows: view.rows.filter(({ id }) => behind.has(id)), fit });
      }
      return html`<div class="toolbar">
          ${editorControls.button({
            label: 'Refusal Report',
            icon: 'shield',
            clicked: () => host.post({ type: 'show', view: 'refusal' }),
          })}
        </div>
        <header>
          <p class="kicker">Steering norms of ${run.name}</p>
          <h1>How layers tell prompts apart, and how hard they are steered</h1>
          <p class="lead">
            Steered layers are measured on the evaluation prompts, the others on prompts the fit set aside. Strength
            ${fit.strength}. Click into a chart to look at a layer.
          </p>
        </header>
        <section id="layers" aria-labelledby="layers-title">
          <h2 id="layers-title">Every layer</h2>
          <div class="grid">${overview('scores', scoreChart(points, fit))} ${overview('norms', normChart(points))}</div>
          <div class="grid">${overview('auc', aucChart(summary))} ${overview('leakage', leakageChart(summary))}</div>
        </section>
        <section id="layer" aria-labelledby="layer-title">
          <h2 id="layer-title">Layer ${layer}</h2>
          <div class="filters">
            ${editorControls.choice({
              label: 'Layer',
              value: String(layer),
              choices: layerChoices(fit),
              changed: (value) => choose({ layer: Number(value), picked: undefined }),
            })}
            ${editorControls.choice({
              label: 'Norm',
              value: state.norm,
              choices: [
                ['relativeNorm', 'Relative'],
                ['norm', 'Absolute'],
              ],
              changed: (value) => choose({ norm: value === 'norm' ? 'norm' : 'relativeNorm', picked: undefined }),
            })}
          </div>
          <p>
            ${layerWords(
              summary.layers.find((one) => one.layer === layer),
              chosen?.threshold ?? null,
            )}
          </p>
          <div class="grid">${histogram('score', 'score')} ${histogram('norm', state.norm)}</div>
          ${bar === undefined || picked === undefined ? nothing : behindBar(barName(bar, picked.measure), bar, layer)}
          ${shownChart('spectrum', [view, chosen], spectrumChart(chosen, fit.hiddenSize))}
        </section>
        <section id="strength" aria-labelledby="strength-title">
          <h2 id="strength-title">How the strength was chosen</h2>
          <div class="grid">
            ${shownChart('strength', [view], strengthChart(fit))} ${shownChart('kl', [view], klChart(fit))}
          </div>
        </section>
        ${template(choiceSection(fit))} ${template(kindsSection(fit))} ${template(layersSection(summary, fit))}`;
    },
    shown: () => undefined,
  };

  function behindBar(name: string, { ids }: Bar, layer: number): TemplateResult {
    return html`<section class="behind" aria-labelledby="behind-title">
      <div class="behind-head">
        <h3 id="behind-title" role="status">${count(ids.length, 'prompt')}: ${name}, layer ${layer}</h3>
        ${editorControls.button({ label: 'Close', icon: 'close', clicked: () => choose({ picked: undefined }) })}
      </div>
      ${table.element}
    </section>`;
  }
});

function isSame(picked: PickedBar | undefined, measure: Measure, { label, from }: Bar): boolean {
  return picked?.measure === measure && picked.label === label && picked.from === from;
}

function layerWords(layer: LayerSummary | undefined, threshold: number | null): string {
  if (layer === undefined) return 'The fit measured no layer.';
  const { steered, from, auc, leakage, maliciousBelowZero } = layer;
  const where = from === 'evaluation' ? 'the evaluation prompts' : 'prompts that the fit set aside';
  const below =
    maliciousBelowZero === null || maliciousBelowZero === 0 || (threshold !== null && threshold >= 0)
      ? ''
      : ` ${count(maliciousBelowZero, 'malicious prompt')} with s below 0 ${maliciousBelowZero === 1 ? 'is' : 'are'} pushed towards answering.`;
  const steers = !steered ? 'Not steered' : threshold === null ? 'Steered' : `Steered above s = ${fixed(threshold, 3)}`;
  return `${steers}. On ${where}: AUC ${number(auc)}, benign leakage ${number(leakage)}.${below}`;
}

function number(value: number | null): string {
  return value === null ? 'not measured' : fixed(value, 3);
}
