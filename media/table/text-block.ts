import { html, type TemplateResult } from 'lit';
import { visibleControls } from '../../src/core/report/html/escape-html.ts';
import { count } from '../../src/core/format.ts';
import { markedText } from '../../src/core/report/html/marked-text.ts';

export interface TextBlock {
  readonly kind: 'prompt' | 'reply';
  readonly text: string;
  /** The words that decided, to be marked. */
  readonly span: readonly [from: number, to: number] | null;
  /** How many characters are shown before the reader asks for all. */
  readonly limit: number;
  /** The reader asks for all of it. */
  readonly showWhole: () => void;
}

/** A text as it was written, with its span marked; a long one is cut until the reader asks for all of it. */
export function textBlock({ kind, text, span, limit, showWhole }: TextBlock): TemplateResult {
  const { pieces, cut } = markedText(text, span, limit);
  const marked = pieces.map((piece) => {
    const visible = visibleControls(piece.text);
    return piece.marked ? html`<mark>${visible}</mark>` : visible;
  });
  const more =
    cut === 0
      ? ''
      : html` …
          <button type="button" @click=${(event: Event) => showAll(event, showWhole)}>
            Show ${count(cut, 'more character')}
          </button>`;
  // White space counts inside .text, so the layout of this file stays out of it.
  return html`<p class=${kind} dir="auto"><span class="text" tabindex="-1">${marked}</span>${more}</p>`;
}

/** The button goes away, and the focus from it to the text. */
function showAll({ currentTarget }: Event, showWhole: () => void): void {
  const block = (currentTarget as HTMLElement).closest('p');
  showWhole();
  block?.querySelector<HTMLElement>('.text')?.focus();
}
