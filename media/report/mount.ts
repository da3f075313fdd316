import type { ReportData } from '../../src/core/report/report-data.ts';
import { normChart, scoreChart } from './distribution-chart.ts';
import { layerPoints } from './distribution.ts';
import { element } from './dom.ts';
import { figure } from './figure.ts';
import { promptsTable } from './prompts-table.ts';
import { ratesChart } from './rates-chart.ts';
import { aucChart, leakageChart } from './separation-chart.ts';
import { spectrumChart } from './spectrum-chart.ts';
import { klChart, strengthChart } from './strength-chart.ts';

/** Draws the report's charts and its table of prompts into `root`, in place of what is there. */
export function mount(root: HTMLElement, data: ReportData): void {
  const { summary, fit, rows } = data;
  const points = layerPoints(rows, fit);
  root.replaceChildren(
    section('rates-chart', 'Refusal rates at a glance', figure(ratesChart(summary)).figure),
    section('prompts', 'Prompts, flips first', promptsTable(data)),
    section(
      'layers',
      'What steering does in each layer',
      grid(figure(scoreChart(points)).figure, figure(normChart(points)).figure),
      grid(figure(aucChart(summary)).figure, figure(leakageChart(summary)).figure),
      spectrumChart(fit).figure,
    ),
    section(
      'strength',
      'How the strength was chosen',
      grid(figure(strengthChart(fit)).figure, figure(klChart(fit)).figure),
    ),
  );
}

function section(id: string, title: string, ...children: readonly HTMLElement[]): HTMLElement {
  const titleId = `${id}-title`;
  return element('section', { id, 'aria-labelledby': titleId }, element('h2', { id: titleId }, title), ...children);
}

function grid(...figures: readonly HTMLElement[]): HTMLElement {
  return element('div', { class: 'grid' }, ...figures);
}
