import { html, type TemplateResult } from 'lit';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { RunFit } from '../../src/core/evaluation/data/run-fit.ts';
import { chatText } from '../../src/core/report/chat-text.ts';
import { count } from '../../src/core/format.ts';
import { reviewWords, ruleWords, stoppedWords } from '../../src/core/report/words/reply-words.ts';
import type { ReportRow, RowSide } from '../../src/core/evaluation/replies/report-rows.ts';
import { trustWords } from '../../src/core/report/words/trust-words.ts';
import { sideLayers } from '../../src/core/evaluation/side-norms.ts';
import type { Controls } from '../controls/controls.ts';
import { layerTable } from './layer-table.ts';
import { verdictOrder } from '../charts/palette.ts';
import { textBlock, type TextBlock } from './text-block.ts';

const shownCharacters = 4000;

export type SideName = 'base' | 'steered';

/** The texts of an open prompt. */
export type TextPart = SideName | 'prompt' | 'earlier';

/** What an editor can do with a prompt, and a file can't. */
export interface RowActions {
  /** Shows the prompt where it stands. */
  readonly open?: (row: ReportRow) => void;
  /** Takes a person's verdict on a reply; null takes it back. */
  readonly overrule?: (row: ReportRow, name: SideName, verdict: Verdict | null) => void;
}

/** Which texts of an open prompt are shown whole, and how to ask for it. */
export interface WholeTexts {
  readonly has: (part: TextPart) => boolean;
  readonly add: (part: TextPart) => void;
}

/** One prompt opened: its text, both replies side by side with the words that decided, and what each layer did. */
export function promptDetail(
  row: ReportRow,
  fit: RunFit,
  {
    controls,
    actions,
    whole,
  }: { readonly controls: Controls; readonly actions: RowActions; readonly whole: WholeTexts },
): TemplateResult {
  const { open, overrule } = actions;
  const text = (part: TextPart, about: Pick<TextBlock, 'kind' | 'text' | 'span'>) =>
    textBlock({
      ...about,
      limit: whole.has(part) ? about.text.length : shownCharacters,
      showWhole: () => whole.add(part),
    });
  const side = (name: SideName, title: string) => {
    const replied = row[name];
    if (replied === null)
      return html`<div class="side">
        <h4>${title}</h4>
        <p class="empty">No reply.</p>
      </div>`;
    return html`<div class="side">
      <h4>
        ${title} <span class="verdict verdict-${replied.verdict}">${replied.verdict}</span>
        <span class="quiet"
          >${[ruleWords(replied), reviewWords(replied), count(replied.tokens, 'token'), stoppedWords(replied)].filter(Boolean).join(' · ')}</span
        >
      </h4>
      ${
        replied.reply === ''
          ? html`<p class="empty">The reply is empty.</p>`
          : text(name, { kind: 'reply', text: replied.reply, span: replied.span })
      }
      ${overrule === undefined ? '' : review(replied, title, controls, (verdict) => overrule(row, name, verdict))}
    </div>`;
  };
  return html`<div class="detail">
    <h4>
      Prompt
      ${
        open === undefined
          ? html`<span class="quiet">${row.file}:${row.line}</span>`
          : html`<button type="button" class="place" title="Open in the editor" @click=${() => open(row)}>
              ${row.file}:${row.line}
            </button>`
      }
    </h4>
    ${
      row.earlier === undefined
        ? ''
        : html`<h5>The chat before it</h5>
            ${text('earlier', { kind: 'prompt', text: chatText(row.earlier), span: null })}`
    }
    ${text('prompt', { kind: 'prompt', text: row.prompt, span: null })}
    <div class="sides">${side('base', 'Base')} ${side('steered', 'Steered')}</div>
    ${(row.base?.distance ?? 0) > 1 ? html`<p class="note">${trustWords(row.base!.distance!)}</p>` : ''}
    ${row.steered === null ? '' : layerTable(sideLayers(row.steered, fit))}
  </div>`;
}

/** A person's verdict on a reply, beside the rules'. */
function review(
  { verdict, rules }: RowSide,
  title: string,
  controls: Controls,
  decided: (verdict: Verdict | null) => void,
): TemplateResult {
  const said = rules ?? verdict;
  return html`<div class="review">
    ${controls.choice({
      label: `Your verdict, ${title.toLowerCase()}`,
      value: rules === undefined ? '' : verdict,
      choices: [['', `Not given (rules: ${said})`], ...verdictOrder.map((one) => [one, one] as const)],
      changed: (value) => decided(verdictOrder.find((one) => one === value) ?? null),
    })}
  </div>`;
}
