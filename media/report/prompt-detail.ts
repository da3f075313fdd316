import type { FitSummary } from '../../src/core/report/fit-summary.ts';
import { visibleControls } from '../../src/core/report/escape-html.ts';
import { count, fixed, percent } from '../../src/core/report/format.ts';
import { markedText } from '../../src/core/report/marked-text.ts';
import type { ReportRow, RowSide } from '../../src/core/report/report-rows.ts';
import { sideLayers } from '../../src/core/report/side-norms.ts';
import { element, type Child } from './dom.ts';

const shownCharacters = 4000;

/** One prompt opened: its text, both replies side by side with the words that decided, and what each layer did. */
export function promptDetail(row: ReportRow, fit: FitSummary): HTMLElement {
  return element(
    'div',
    { class: 'detail' },
    element('h4', {}, 'Prompt ', element('span', { class: 'quiet' }, `${row.file}:${row.line}`)),
    textBlock('prompt', row.prompt, null),
    element('div', { class: 'sides' }, sideColumn('Base', row.base), sideColumn('Steered', row.steered)),
    ...layerTable(row.steered, fit),
  );
}

function sideColumn(name: string, side: RowSide | null): HTMLElement {
  if (side === null)
    return element('div', { class: 'side' }, element('h4', {}, name), element('p', { class: 'empty' }, 'No reply.'));
  const verdict = element('span', { class: `verdict verdict-${side.verdict}` }, side.verdict);
  const tokens = element('span', { class: 'quiet' }, count(side.tokens, 'token'));
  return element(
    'div',
    { class: 'side' },
    element('h4', {}, `${name} `, verdict, ' ', tokens),
    side.reply === ''
      ? element('p', { class: 'empty' }, 'The reply is empty.')
      : textBlock('reply', side.reply, side.span),
  );
}

/** A text with its span marked; a long one is cut until the reader asks for all of it. */
function textBlock(kind: string, text: string, span: RowSide['span']): HTMLElement {
  const { pieces, cut } = markedText(text, span, shownCharacters);
  const block = element(
    'p',
    { class: kind, dir: 'auto' },
    element('span', { class: 'text' }, ...pieces.map(pieceNode)),
  );
  if (cut > 0) {
    const more = element('button', { type: 'button' }, `Show ${count(cut, 'more character')}`);
    more.addEventListener('click', () => {
      const whole = element(
        'span',
        { class: 'text', tabindex: -1 },
        ...markedText(text, span, text.length).pieces.map(pieceNode),
      );
      block.replaceChildren(whole);
      whole.focus();
    });
    block.append(' … ', more);
  }
  return block;
}

function pieceNode({ text, marked }: { readonly text: string; readonly marked: boolean }): Child {
  const visible = visibleControls(text);
  return marked ? element('mark', {}, visible) : visible;
}

function layerTable(side: RowSide | null, fit: FitSummary): HTMLElement[] {
  const layers = side === null ? [] : sideLayers(side, fit);
  if (layers.length === 0) return [];
  const cells = (name: string, values: readonly string[]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...values.map((value) => element('td', { class: 'number' }, value)),
    );
  return [
    element(
      'div',
      { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': 'Steered, layer by layer' },
      element(
        'table',
        { class: 'numbers layers' },
        element('caption', {}, 'Steered, layer by layer'),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col' }, 'Layer'),
            ...layers.map(({ layer }) => element('th', { scope: 'col', class: 'number' }, String(layer))),
          ),
        ),
        element(
          'tbody',
          {},
          cells(
            'Score s',
            layers.map(({ score }) => fixed(score, 2)),
          ),
          cells(
            'Steering norm',
            layers.map(({ norm }) => fixed(norm, 2)),
          ),
          cells(
            'relative to ‖h‖',
            layers.map(({ relativeNorm }) => (Number.isFinite(relativeNorm) ? percent(relativeNorm) : '–')),
          ),
        ),
      ),
    ),
  ];
}
