import { embedJson } from './embed-json.ts';
import type { RunFit } from '../../evaluation/data/run-fit.ts';
import { choiceSection, hasChoice } from './choice-section.ts';
import { conditionsSection } from './conditions-section.ts';
import { contents } from './contents.ts';
import { flipsSection } from './flips-section.ts';
import { checksSection, headlineSection } from './headline-section.ts';
import { judgeSection } from './judge-section.ts';
import { kindsSection } from './kinds-section.ts';
import { layersSection } from './layers-section.ts';
import { html, markup, nothing, type Html } from './markup.ts';
import { methodSection, warningsSection, type ReportMeta } from './method-section.ts';
import { ratesSection } from './rates-section.ts';
import { secondOpinionSection } from './second-opinion-section.ts';
import type { JudgeFacts } from '../../evaluation/data/judge-facts.ts';
import { reportDataId, reportRootId, type ReportData } from './report-data.ts';
import { reviewSentence } from '../words/reply-words.ts';
import type { SecondOpinion } from '../../evaluation/second-opinion.ts';
import type { ReportRow } from '../../evaluation/replies/report-rows.ts';
import type { Summary } from '../../evaluation/data/summary.ts';

/** Text of a script or a style sheet that goes into the page as it is, and the base64 SHA-256 that lets it run. */
export interface Inlined {
  readonly text: string;
  readonly sha256: string;
}

export interface ReportInput {
  readonly summary: Summary;
  readonly fit: RunFit;
  readonly rows: readonly ReportRow[];
  readonly meta: ReportMeta;
  /** Absent for runs of before judges were measured. */
  readonly judge?: JudgeFacts | undefined;
  /** Absent where no second judge was asked. */
  readonly second?: SecondOpinion | null;
  /** `report.js` and `report.css` as built. */
  readonly script: Inlined;
  readonly style: Inlined;
}

/**
 * `report.html`: one file, nothing fetched, readable without scripts. Model output is hostile until proven otherwise, so
 * the page may run its own script alone, known by hash, and every text goes through `html`'s escaping.
 */
export function renderReport({ summary, fit, rows, meta, judge, second, script, style }: ReportInput): string {
  const data: ReportData = { summary, fit, rows };
  const warnings = [...summary.warnings, ...fit.warnings];
  const policy = [
    `default-src 'none'`,
    `script-src 'sha256-${script.sha256}'`,
    `style-src 'sha256-${style.sha256}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const main = html`<main>
    ${headlineSection(summary, meta.title, warnings.length)} ${review(summary)}
    ${contents([
      'checks',
      'rates',
      'conditions',
      hasChoice(fit) ? 'choice' : undefined,
      'layer-numbers',
      judge === undefined ? undefined : 'judge',
      'warnings',
      'method',
    ])}
    ${checksSection(summary)} ${ratesSection(summary, fit)}
    <div id="${reportRootId}"></div>
    ${flipsSection(rows)} ${conditionsSection(summary)} ${choiceSection(fit)} ${kindsSection(fit)}
    ${layersSection(summary, fit)} ${judge === undefined ? nothing : judgeSection(judge)}
    ${second ? secondOpinionSection(second) : nothing} ${warningsSection(warnings)} ${methodSection(fit, meta)}
  </main>`;
  return `<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        ${markup(html`<meta http-equiv="Content-Security-Policy" content="${policy}" />`)}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        ${markup(html`<title>${meta.title}</title>`)}
        ${rawElement('style', '', style.text)}
      </head>
      <body class="alphasteer">
        ${markup(main)}
        ${rawElement('script', ` type="application/json" id="${reportDataId}"`, embedJson(data))}
        ${rawElement('script', '', script.text)}
      </body>
    </html> `;
}

function review({ review }: Summary): Html {
  const sentence = reviewSentence(review);
  return sentence === undefined ? nothing : html`<p class="note" id="review">${sentence}</p>`;
}

/**
 * An element whose text is not escaped: HTML reads none in it, up to the end tag. Not a template, because a hash is of every
 * character between the tags. esbuild writes `<\/script` where a string of a bundle holds an end tag.
 */
function rawElement(tag: 'script' | 'style', attributes: string, text: string): string {
  if (text.toLowerCase().includes(`</${tag}`)) throw new Error(`The text would end its own ${tag} element.`);
  return `<${tag}${attributes}>${text}</${tag}>`;
}
