import { wilson } from '../../stats/wilson.ts';
import type { RunFit, LayerFit } from '../../evaluation/data/run-fit.ts';
import { fixed } from '../../format.ts';
import { groupName } from '../../evaluation/data/groups.ts';
import { cell, rateCells } from './cells.ts';
import { html, nothing, type Html } from './markup.ts';

/** How well the fit tells each malicious label and each kind of jailbreak from benign prompts, the worst kind first; nothing without jailbreaks, and of an imported steering. */
export function kindsSection(fit: RunFit): Html {
  if (fit.kind === 'imported') return nothing;
  const { attacks, perLayer } = fit;
  const kinds = Object.entries(attacks).sort(([, a], [, b]) => a.recognised / a.n - b.recognised / b.n);
  if (kinds.length === 0) return nothing;
  const steered = perLayer.filter((layer) => layer.steered);
  return html`<section id="kinds" aria-labelledby="kinds-title">
    <h2 id="kinds-title">Kinds of jailbreak that a fit did not see</h2>
    <p>
      Each kind is scored by fits that have no other prompt of the kind. Recognised: above the threshold at a steered
      layer; the interval takes prompts as independent. AUC: how often s of such a prompt is above s of a benign one,
      the lowest and the highest of the steered layers.
    </p>
    <div class="scroll" role="region" tabindex="0" aria-labelledby="kinds-title">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Prompts of the fit's files</th>
            <th scope="col" class="number">n</th>
            <th scope="col" class="number">Recognised</th>
            <th scope="col" class="number">interval</th>
            <th scope="col" class="number">AUC</th>
          </tr>
        </thead>
        <tbody>
          ${kinds.map(
            ([kind, { n, recognised }]) =>
              html`<tr>
                <th scope="row">${kind}</th>
                ${cell(n)}${rateCells({ rate: recognised / n, ...wilson(recognised, n) })}
                ${aucCell(steered, ({ aucOfAttack }) => aucOfAttack[kind])}
              </tr> `,
          )}
          ${(['harmful', 'jailbreak'] as const).map(
            (label) =>
              html`<tr>
                <th scope="row">${groupName(label)}, set aside for choosing</th>
                ${cell('–')}${cell('–')}
                <td></td>
                ${aucCell(steered, ({ aucOf }) => aucOf[label])}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function aucCell(layers: readonly LayerFit[], of: (layer: LayerFit) => number | undefined): Html {
  const values = layers.map(of).filter((value) => value !== undefined);
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => fixed(value, 3));
  return cell(values.length === 0 ? '–' : low === high ? low! : `${low!} to ${high!}`);
}
