import { html, nothing, type TemplateResult } from 'lit';
import { choiceSection, hasChoice } from '../../src/core/report/html/choice-section.ts';
import { conditionsSection } from '../../src/core/report/html/conditions-section.ts';
import { contents } from '../../src/core/report/html/contents.ts';
import { checksSection, headlineSection } from '../../src/core/report/html/headline-section.ts';
import { judgeSection } from '../../src/core/report/html/judge-section.ts';
import { methodSection, warningsSection } from '../../src/core/report/html/method-section.ts';
import { ratesSection } from '../../src/core/report/html/rates-section.ts';
import { secondOpinionSection } from '../../src/core/report/html/second-opinion-section.ts';
import { reviewSentence } from '../../src/core/report/words/reply-words.ts';
import type { Agreement } from '../../src/core/evaluation/data/summary.ts';
import { editorControls } from '../controls/editor-controls.ts';
import type { ReportRequest } from '../../src/rpc/webview-report.ts';
import { otherReport } from './other-report.ts';
import type { RunView } from './run-model.ts';
import { startRunPage } from './run-page.ts';
import { conditionsChart } from '../charts/conditions-chart.ts';
import { KeptFigures } from '../charts/kept-figures.ts';
import type { RowActions } from '../table/prompt-detail.ts';
import { PromptsTable, type TableState } from '../table/prompts-table.ts';
import { ratesChart } from '../charts/rates-chart.ts';
import { template } from '../controls/template.ts';

/** The refusal report: the answer, the prompts whose refusal changed, and what the answer rests on. */
startRunPage<{ readonly table?: TableState }>({}, (host, state) => {
  let canOverrule = false;
  const { open, overrule } = rowActions(host.post);
  const table = new PromptsTable({
    controls: editorControls,
    actions: () => (canOverrule ? { open, overrule } : { open }),
    state: state.table,
    changed: (kept) => host.keep({ table: kept }),
  });
  const figures = new KeptFigures();

  return {
    draw: (view) => {
      const { summary, fit, run, second, facts } = view;
      ({ canOverrule } = run);
      const others = conditionsChart(summary);
      const warnings = [...summary.warnings, ...fit.warnings];
      const title = `Refusal report of ${run.title}`;
      return html`${otherReport('norms', host.post)} ${template(headlineSection(summary, title, warnings.length))}
      ${template(contents(parts(view)))} ${promptsSection(view, table)} ${template(checksSection(summary))}
      ${template(ratesSection(summary, fit))} ${figures.show('rates', [view], ratesChart(summary))}
      ${template(conditionsSection(summary))} ${others === null ? nothing : figures.show('conditions', [view], others)}
      ${run.judge === undefined ? nothing : template(judgeSection(run.judge))}
      ${second === null ? nothing : template(secondOpinionSection(second))} ${template(warningsSection(warnings))}
      ${template(choiceSection(fit))} ${template(methodSection(fit, { title, facts }))}`;
    },
    shown: (view) => table.show(view),
  };
});

/** What a reader can do with a prompt of the table. */
function rowActions(post: (request: ReportRequest) => void): Required<RowActions> {
  return {
    open: ({ file, line }) => post({ type: 'open', file, line }),
    overrule: (row, name, verdict) => {
      const side = row[name];
      if (side === null) return;
      const { strength, reply } = side;
      post({ type: 'overrule', override: { id: row.id, condition: name, strength, reply, verdict } });
    },
  };
}

/** The sections that the page has, for its table of contents. */
function parts({ run, second, fit }: RunView): Parameters<typeof contents>[0] {
  return [
    'prompts',
    'checks',
    'rates',
    'conditions',
    run.judge === undefined ? undefined : 'judge',
    second === null ? undefined : 'second-judge',
    'warnings',
    hasChoice(fit) ? 'choice' : undefined,
    'method',
  ];
}

function promptsSection({ summary, run }: RunView, table: PromptsTable): TemplateResult {
  return html`<section id="prompts" aria-labelledby="prompts-title">
    <h2 id="prompts-title">Prompts, flips first</h2>
    <p class="quiet" role="status" id="agreement">${reviewHint(summary.review, run.canOverrule)}</p>
    ${table.element}
  </section>`;
}

function reviewHint(review: Agreement, canOverrule: boolean): string {
  const sentence = reviewSentence(review);
  if (!canOverrule) return `${sentence ?? ''} Verdicts can be given when the workspace is trusted.`.trim();
  if (sentence !== undefined) return `${sentence} Compare Base and Steered writes them into report.html, too.`;
  return 'Verdicts are the rules’. Open a prompt to give yours: it counts in every rate here, and shows how far the rules can be trusted.';
}
