import { html, type TemplateResult } from 'lit';
import { fixed, percent } from '../../src/core/format.ts';
import type { SideLayer } from '../../src/core/evaluation/side-norms.ts';

/** What one prompt was to each steered layer. Empty for a reply without scores. */
export function layerTable(layers: readonly (SideLayer & { readonly spread?: number | null })[]): TemplateResult | '' {
  if (layers.length === 0) return '';
  const line = (name: string, value: (layer: (typeof layers)[number]) => string) =>
    html`<tr>
      <th scope="row">${name}</th>
      ${layers.map((layer) => html`<td class="number">${value(layer)}</td>`)}
    </tr>`;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Steered, layer by layer">
    <table class="numbers layers">
      <caption>
        Steered, layer by layer
      </caption>
      <thead>
        <tr>
          <th scope="col">Layer</th>
          ${layers.map(({ layer }) => html`<th scope="col" class="number">${layer}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${line('Score s', ({ score, spread }) =>
          typeof spread === 'number' ? `${fixed(score, 2)} ± ${fixed(spread, 2)}` : fixed(score, 2),
        )}
        ${line('Threshold', ({ threshold }) => (threshold === null ? 'none' : fixed(threshold, 2)))}
        ${line('Steering norm', ({ norm }) => fixed(norm, 2))}
        ${line('relative to ‖h‖', ({ relativeNorm }) => (Number.isFinite(relativeNorm) ? percent(relativeNorm) : '–'))}
      </tbody>
    </table>
  </div>`;
}
