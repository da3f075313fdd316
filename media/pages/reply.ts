import { html, nothing, render, type TemplateResult } from 'lit';
import { chatText } from '../../src/core/report/chat-text.ts';
import { count, percent } from '../../src/core/format.ts';
import { ruleWords } from '../../src/core/report/words/reply-words.ts';
import { trustWords } from '../../src/core/report/words/trust-words.ts';
import {
  withPiece,
  type Asked,
  type Outcome,
  type ReplyMessage,
  type ReplyRequest,
} from '../../src/rpc/webview-reply.ts';
import { connectEditor } from './connect.ts';
import { editorControls } from '../controls/editor-controls.ts';
import { layerTable } from '../table/layer-table.ts';
import { textBlock } from '../table/text-block.ts';

type Part = 'prompt' | 'earlier' | keyof Asked['texts'];

const firstTokenMeaning =
  'The chance that the reply refuses, from the distribution of its first token alone, as the model’s own replies of the fit began.';

/** Long enough for every reply but one that has gone wrong, short enough to be drawn with every token. */
const shownCharacters = 20_000;

/** Base and steered reply to one prompt, side by side as they stream, then judged. The editor holds all of the state. */
const root = document.getElementById('root')!;
const whole = new Set<Part>();
let asked: Asked | undefined;
let frame = 0;

const editor = connectEditor<ReplyRequest, never>((message: ReplyMessage) => {
  if (message.type === 'asked') {
    ({ asked } = message);
    whole.clear();
  } else if (asked !== undefined) {
    asked = message.type === 'outcome' ? { ...asked, outcome: message.outcome } : withPiece(asked, message);
  }
  // Tokens come faster than pictures.
  frame ||= requestAnimationFrame(draw);
});
editor.post({ type: 'ready' });

function draw(): void {
  frame = 0;
  if (asked !== undefined) render(view(asked), root);
}

function view({ question: { text: prompt, earlier }, texts, firstToken, outcome }: Asked): TemplateResult {
  const running = outcome.kind === 'running';
  const result = outcome.kind === 'done' ? outcome.result : undefined;
  return html`<div class="toolbar">
      ${
        running
          ? editorControls.button({ label: 'Stop', icon: 'debug-stop', clicked: () => editor.post({ type: 'stop' }) })
          : editorControls.button({
              label: 'Ask Again',
              icon: 'refresh',
              clicked: () => editor.post({ type: 'again' }),
            })
      }
      <span class="quiet" role="status">${outcomeWords(outcome)}</span>
    </div>
    ${outcome.kind === 'failed' ? html`<p class="outcome" role="alert">${outcome.message}</p>` : nothing}
    <section aria-labelledby="prompt-title">
      <h1 id="prompt-title">Prompt</h1>
      ${
        earlier === undefined
          ? nothing
          : html`<h2>The chat before it</h2>
              ${text('earlier', chatText(earlier), null)}`
      }
      ${text('prompt', prompt, null)}
    </section>
    <div class="sides" aria-busy=${running}>
      ${side('base', 'Base', texts.base, firstToken.base, result?.base, running)}
      ${side('steered', 'Steered', texts.steered, firstToken.steered, result?.steered, running)}
    </div>
    ${
      result === undefined
        ? nothing
        : html`<section id="layers" aria-labelledby="layers-title">
            <h2 id="layers-title">What steering did, layer by layer</h2>
            <p class="quiet">
              Strength ${result.strength}. s tells malicious prompts from benign ones; at or below its threshold a layer
              leaves the prompt exactly as it was. The steering norm is how far the layer’s input was moved, ‖h‖ the
              length of that input.
            </p>
            <p class=${(result.distance ?? 0) > 1 ? 'outcome' : 'quiet'}>${trustWords(result.distance)}</p>
            ${layerTable(result.layers)}
          </section>`
    }`;
}

function side(
  name: keyof Asked['texts'],
  title: string,
  streamed: string,
  chance: number | undefined,
  judged: (Outcome & { kind: 'done' })['result']['base'] | undefined,
  running: boolean,
): TemplateResult {
  const reply = judged?.reply ?? streamed;
  const verdict =
    judged === undefined
      ? nothing
      : html`<span class="verdict verdict-${judged.verdict}">${judged.verdict}</span>
          <span class="quiet">${ruleWords(judged)} · ${count(judged.tokens, 'token')}</span>`;
  const nothingYet = running ? 'Waiting for the first token…' : 'The reply is empty.';
  return html`<section class="side" aria-labelledby="${name}-title">
    <h2 id="${name}-title">${title}</h2>
    <p class="judged">${verdict}</p>
    ${firstTokenWords(chance)}
    ${reply === '' ? html`<p class="empty">${nothingYet}</p>` : text(name, reply, judged?.span ?? null)}
  </section>`;
}

/** There with the first token, long before a verdict. */
function firstTokenWords(chance: number | undefined): TemplateResult | typeof nothing {
  if (chance === undefined) return nothing;
  return html`<p class="quiet" title=${firstTokenMeaning}>first token: ${percent(chance)} refusal</p>`;
}

function text(part: Part, written: string, span: readonly [number, number] | null): TemplateResult {
  return textBlock({
    kind: part === 'prompt' || part === 'earlier' ? 'prompt' : 'reply',
    text: written,
    span,
    limit: whole.has(part) ? written.length : shownCharacters,
    showWhole: () => {
      whole.add(part);
      draw();
    },
  });
}

function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'running':
      return 'Replying…';
    case 'done':
      return `Base ${outcome.result.base.verdict}, steered ${outcome.result.steered.verdict}.`;
    case 'stopped':
      return 'Stopped. What had come stays here, not judged.';
    case 'failed':
      return 'Failed.';
  }
}
