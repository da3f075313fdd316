import { html, type TemplateResult } from 'lit';
import { choiceSection } from '../../src/core/report/html/choice-section.ts';
import { kindsSection } from '../../src/core/report/html/kinds-section.ts';
import { layersSection } from '../../src/core/report/html/layers-section.ts';
import { layerPoints, type LayerPoint } from '../charts/distribution.ts';
import { KeptFigures } from '../charts/kept-figures.ts';
import { editorControls } from '../controls/editor-controls.ts';
import { template } from '../controls/template.ts';
import { PromptsTable } from '../table/prompts-table.ts';
import { layerSection } from './norms/layer-section.ts';
import { layersOverview } from './norms/layers-overview.ts';
import type { NormsState } from './norms/norms-state.ts';
import { strengthSection } from './norms/strength-section.ts';
import { otherReport } from './other-report.ts';
import type { RunView } from './run-model.ts';
import { startRunPage } from './run-page.ts';

/** Steering norms: what each layer sees in each prompt, how it was fitted, and how the strength was chosen. */
startRunPage<NormsState>({ norm: 'relativeNorm' }, (host, { table: kept }) => {
  const table = new PromptsTable({
    controls: editorControls,
    actions: () => ({ open: ({ file, line }) => host.post({ type: 'open', file, line }) }),
    state: kept,
    changed: (state) => host.keep({ table: state }),
  });
  const figures = new KeptFigures();
  let points: readonly LayerPoint[] = [];
  let shown: RunView | undefined;
  const choose = (changed: Partial<NormsState>) => {
    host.keep(changed);
    host.redraw();
  };

  return {
    draw: (view, state) => {
      const { fit, summary } = view;
      if (shown !== view) points = layerPoints(view.rows, fit);
      shown = view;
      const parts = { view, points, state, figures, table, choose };
      return html`${otherReport('refusal', host.post)} ${head(view)} ${layersOverview(parts)} ${layerSection(parts)}
      ${strengthSection(parts)} ${template(choiceSection(fit))} ${template(kindsSection(fit))}
      ${template(layersSection(summary, fit))}`;
    },
    shown: () => undefined,
  };
});

function head({ run, fit }: RunView): TemplateResult {
  return html`<header>
    <p class="kicker">Steering norms of ${run.title}</p>
    <h1>How layers tell prompts apart, and how hard they are steered</h1>
    <p class="lead">
      Steered layers are measured on the evaluation prompts, the others on prompts the fit set aside. Strength
      ${fit.strength}. Click into a chart to look at a layer.
    </p>
  </header>`;
}
