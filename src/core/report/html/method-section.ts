import { definitions } from '../words/definitions.ts';
import type { Fitted, Imported, RunFit } from '../../evaluation/data/run-fit.ts';
import type { Facts } from '../../evaluation/run-facts.ts';
import { count, fixed, percent } from '../../format.ts';
import { html, type Html } from './markup.ts';

/** Facts of the run, as name and value: what the manifest says that a reader of the report needs. */
export interface ReportMeta {
  readonly title: string;
  readonly facts: Facts;
}

export function warningsSection(warnings: readonly string[]): Html {
  return html`<section id="warnings" aria-labelledby="warnings-title">
    <h2 id="warnings-title">Warnings</h2>
    ${
      warnings.length === 0
        ? html`<p class="empty">None.</p>`
        : html`<ul class="warnings">
            ${warnings.map((warning) => html`<li>${warning}</li>`)}
          </ul>`
    }
  </section>`;
}

export function methodSection(fit: RunFit, meta: ReportMeta): Html {
  return html`<section id="method" aria-labelledby="method-title">
    <h2 id="method-title">How it was measured</h2>
    <dl class="facts">
      ${facts(fit, meta).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${fit.kind === 'fitted' ? whatTheFitSaw(fit) : whatWasImported(fit)}
    <h3>Terms</h3>
    <dl class="terms">
      ${definitions.map(
        ([term, meaning]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${meaning}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function facts(fit: RunFit, meta: ReportMeta): (readonly [string, string])[] {
  return [
    ['Model', fit.model],
    ['Weights', fit.dtype],
    ['Device', fit.device],
    ['Steered layers', fit.layers.join(', ')],
    ['Width of a layer', `${fit.hiddenSize} dimensions`],
    ['Strength', String(fit.strength)],
    ...(fit.kind === 'fitted' ? fittedFacts(fit) : ([['Imported from', fit.file]] as const)),
    [
      'Thresholds',
      fit.perLayer
        .flatMap(({ layer, threshold }) => (threshold === null ? [] : `${threshold.toFixed(3)} at layer ${layer}`))
        .join(', ') || 'none: every prompt is steered',
    ],
    ...meta.facts,
  ];
}

function fittedFacts({ nullSpaceRatio, ridge, firstToken }: Fitted): (readonly [string, string])[] {
  return [
    ['Null space', `${percent(nullSpaceRatio)} of the dimensions`],
    ['Ridge', typeof ridge === 'number' ? String(ridge) : `${ridge.relative} × the mean eigenvalue`],
    ...(firstToken === undefined ? [] : ([['Refusal by the first token', firstTokenQuality(firstToken)]] as const)),
  ];
}

function firstTokenQuality({ n, auc }: NonNullable<Fitted['firstToken']>): string {
  if (auc === null)
    return `${count(n, 'reply', 'replies')} tried for the strength, all or none refused: its worth is not known`;
  return `AUC ${fixed(auc, 3)} against the verdicts on ${count(n, 'reply', 'replies')} tried for the strength`;
}

function whatTheFitSaw({ counts }: Fitted): Html {
  return html`<h3>What the fit saw</h3>
    <p>
      ${count(counts.benign, 'benign prompt')} and ${counts.malicious} malicious ones, of which the base model refused
      ${counts.refused} and answered ${counts.answered};
      ${count(counts.leftOut, 'partial or degenerate reply', 'partial or degenerate replies')} left out of the refusal
      direction. ${count(counts.choose, 'further prompt')} chose layers and strength; ${counts.heldOutGoals} were kept
      for the check on held-out goals. No prompt of this report's rates was used for either.
    </p>`;
}

function whatWasImported({ prompts }: Imported): Html {
  return html`<h3>What was imported</h3>
    <p>
      Nothing was fitted here. Scores are 1 on average for the first malicious prompts of the fit files; AUC and leakage
      of the fit's choose split are measured on the first ${count(prompts, 'prompt')} of these files.
    </p>`;
}
