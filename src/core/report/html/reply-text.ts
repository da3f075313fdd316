import { chatText } from '../chat-text.ts';
import { count } from '../../format.ts';
import { markedText } from './marked-text.ts';
import type { ReportRow, RowSide } from '../../evaluation/replies/report-rows.ts';
import { reviewWords, stoppedWords } from '../words/reply-words.ts';
import { html, nothing, type Html } from './markup.ts';

const shownPrompt = 600;
const shownReply = 1200;

type ShownReply = Pick<RowSide, 'reply' | 'stopped' | 'verdict' | 'rules' | 'span'>;

/** A prompt, after the chat before it. */
export function promptText({ earlier, prompt }: Pick<ReportRow, 'earlier' | 'prompt'>): Html {
  const before =
    earlier === undefined
      ? nothing
      : html`<p class="prompt" dir="auto">${cutText(chatText(earlier), null, shownPrompt)}</p>`;
  return html`${before}
    <p class="prompt" dir="auto">${cutText(prompt, null, shownPrompt)}</p>`;
}

/** A reply under the name of what made it. */
export function sideColumn(name: string, side: ShownReply | null): Html {
  if (side === null)
    return html`<div class="side">
      <h4>${name}</h4>
      <p class="empty">No reply.</p>
    </div>`;
  return html`<div class="side">
    <h4>${name} <span class="verdict verdict-${side.verdict}">${side.verdict}</span> ${aside(side)}</h4>
    <p dir="auto">
      ${side.reply === '' ? html`<em class="empty">empty reply</em>` : cutText(side.reply, side.span, shownReply)}
    </p>
  </div>`;
}

function aside(side: ShownReply): Html {
  const words = [reviewWords(side), stoppedWords(side)].filter((one) => one !== undefined);
  return words.length === 0 ? nothing : html`<span class="quiet">${words.join(' · ')}</span>`;
}

/** `.text` keeps the white space of what models write; it is a span so that the layout of this file can't get into it. */
function cutText(text: string, span: readonly [number, number] | null, limit: number): Html {
  const { pieces, cut } = markedText(text, span, limit);
  const marked = pieces.map((piece) => (piece.marked ? html`<mark>${piece.text}</mark>` : html`${piece.text}`));
  const note = cut === 0 ? nothing : html`<span class="note"> … ${count(cut, 'more character')} not shown here</span>`;
  return html`<span class="text">${marked}</span>${note}`;
}
