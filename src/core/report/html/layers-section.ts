import { fixed, percent } from '../../format.ts';
import { groupName, labelGroups } from '../../evaluation/data/groups.ts';
import type { LayerFit, LayerMeasure, RunFit } from '../../evaluation/data/run-fit.ts';
import type { LayerSummary, Summary } from '../../evaluation/data/summary.ts';
import { html, type Html } from './markup.ts';
import { cell } from './cells.ts';

/** The per layer numbers behind the charts. */
export function layersSection(summary: Summary, fit: RunFit): Html {
  const measures = new Map(fit.perLayer.map((layer) => [layer.layer, layer]));
  const fits = new Map(fit.kind === 'fitted' ? fit.perLayer.map((layer) => [layer.layer, layer]) : []);
  return html`<section id="layer-numbers" aria-labelledby="layer-numbers-title">
    <h2 id="layer-numbers-title">Layer by layer, in numbers</h2>
    <p>
      Steered layers are measured on the evaluation prompts, the others on the prompts that the fit set aside for
      choosing. Score: mean of s per label. Norm: mean steering norm relative to the activation's own.
    </p>
    <div class="scroll" role="region" tabindex="0" aria-labelledby="layer-numbers-title">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col" rowspan="2">Layer</th>
            <th scope="col" rowspan="2">Measured on</th>
            <th scope="col" rowspan="2" class="number">AUC</th>
            <th scope="col" rowspan="2" class="number">Leakage</th>
            <th scope="col" rowspan="2" class="number">Leakage of the fit’s choose split, 95th percentile</th>
            <th scope="col" rowspan="2" class="number">Stability of w (lowest)</th>
            <th scope="col" rowspan="2" class="number">Stability of r</th>
            <th scope="col" rowspan="2" class="number">Cosine of r with “plain against template”</th>
            <th scope="colgroup" colspan="${labelGroups.length}" class="span">Score s</th>
            <th scope="colgroup" colspan="${labelGroups.length}" class="span">Relative norm</th>
          </tr>
          <tr>
            ${[0, 1].map(() => labelGroups.map((label) => html`<th scope="col" class="number">${groupName(label)}</th>`))}
          </tr>
        </thead>
        <tbody>
          ${summary.layers.map((layer) => layerRow(layer, measures.get(layer.layer), fits.get(layer.layer)))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function layerRow(layer: LayerSummary, measure: LayerMeasure | undefined, fit: LayerFit | undefined): Html {
  const number = (value: number | null | undefined, digits: number) =>
    cell(value === null || value === undefined ? '–' : fixed(value, digits));
  return html`<tr class="${layer.steered ? 'steered' : 'unsteered'}">
    <th scope="row">${layer.layer}</th>
    <td>${layer.from === 'evaluation' ? 'evaluation' : 'choose'}</td>
    ${number(layer.auc, 3)}${number(layer.leakage, 3)}${number(measure?.leakage95, 3)}${stability(fit)}${number(fit?.stability.r, 2)}${number(fit?.templateCosine, 2)}${labelGroups.map((label) => number(layer.meanScore[label], 2))}${labelGroups.map(
      (label) => {
        const norm = layer.relativeNorm[label];
        return cell(norm === undefined ? '–' : percent(norm));
      },
    )}
  </tr> `;
}

/** Mean cosine, and the lowest. */
function stability(fit: LayerFit | undefined): Html {
  if (fit === undefined) return cell('–');
  const { mean, low } = fit.stability.w;
  return cell(`${fixed(mean, 2)} (${fixed(low, 2)})`);
}
