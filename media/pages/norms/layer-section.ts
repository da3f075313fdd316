import { html, nothing, type TemplateResult } from 'lit';
import { barsOf, type Bar } from '../../charts/bars.ts';
import type { LayerPoint, Measure } from '../../charts/distribution.ts';
import { barName, histogramChart } from '../../charts/histogram-chart.ts';
import { spectrumChart } from '../../charts/spectrum-chart.ts';
import { editorControls } from '../../controls/editor-controls.ts';
import { fittedLayer, layerChoices, layersToChoose } from '../../controls/layer-choice.ts';
import { count } from '../../../src/core/format.ts';
import { layerWords } from './layer-words.ts';
import { isPicked, type PickedBar } from './norms-state.ts';
import type { PageParts } from './page-parts.ts';

/** One layer: how it tells prompts apart, how hard it steers them, and the prompts behind a bar. */
export function layerSection(parts: PageParts): TemplateResult {
  const { view, points, state, figures, choose } = parts;
  const { fit, summary } = view;
  const layers = layersToChoose(fit);
  const chosen = layers.find(({ layer }) => layer === state.layer) ?? layers[0];
  const layer = chosen?.layer ?? 0;
  const threshold = chosen?.threshold ?? null;
  const atLayer = points.filter((point) => point.layer === layer);
  const histogram = (name: string, measure: Measure) =>
    figures.show(
      name,
      [view, layer, measure, state.picked],
      histogramChart(
        atLayer,
        measure,
        { layer, threshold },
        ({ label, from }) => choose({ picked: { measure, label, from } }),
        (bar) => isPicked(state.picked, measure, bar),
      ),
    );
  const measured = summary.layers.find((one) => one.layer === layer);
  return html`<section id="layer" aria-labelledby="layer-title">
    <h2 id="layer-title">Layer ${layer}</h2>
    ${filters(parts, layer)}
    <p>${layerWords(measured, threshold)}</p>
    <div class="grid">${histogram('score', 'score')} ${histogram('norm', state.norm)}</div>
    ${state.picked === undefined ? nothing : behindBar(parts, state.picked, layer, atLayer)}
    ${figures.show('spectrum', [view, chosen], spectrumChart(fittedLayer(fit, chosen?.layer), fit.hiddenSize))}
  </section>`;
}

function filters({ view, state, choose }: PageParts, layer: number): TemplateResult {
  return html`<div class="filters">
    ${editorControls.choice({
      label: 'Layer',
      value: String(layer),
      choices: layerChoices(view.fit),
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
  </div>`;
}

/** The prompts behind the picked bar; nothing where the run, having gone on, has no such bar any more. */
function behindBar(
  { view, table, choose }: PageParts,
  picked: PickedBar,
  layer: number,
  atLayer: readonly LayerPoint[],
): TemplateResult | typeof nothing {
  const bar: Bar | undefined = barsOf(atLayer, picked.measure).find((one) => isPicked(picked, picked.measure, one));
  if (bar === undefined) return nothing;
  const behind = new Set(bar.ids);
  table.show({ rows: view.rows.filter(({ id }) => behind.has(id)), fit: view.fit });
  const name = barName(bar, picked.measure);
  return html`<section class="behind" aria-labelledby="behind-title">
    <div class="behind-head">
      <h3 id="behind-title" role="status">${count(bar.ids.length, 'prompt')}: ${name}, layer ${layer}</h3>
      ${editorControls.button({ label: 'Close', icon: 'close', clicked: () => choose({ picked: undefined }) })}
    </div>
    ${table.element}
  </section>`;
}
