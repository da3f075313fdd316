import { html, nothing, render, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { count } from '../../src/core/format.ts';
import type { ReportData } from '../../src/core/report/html/report-data.ts';
import type { ReportRow } from '../../src/core/evaluation/replies/report-rows.ts';
import { queryRows, type RowQuery, type SortKey } from '../../src/core/evaluation/row-query.ts';
import type { Controls } from '../controls/controls.ts';
import { element } from '../controls/dom.ts';
import { promptDetail, type RowActions } from './prompt-detail.ts';
import { promptFilters, type Filters } from './prompt-filters.ts';
import { detailId, promptRow } from './prompt-row.ts';
import { VirtualRows } from './virtual-rows.ts';

/** Pause in typing after which the search runs. */
const searchDelayMs = 120;

const columns: readonly (readonly [key: SortKey, name: string])[] = [
  ['change', 'Change'],
  ['id', 'Prompt'],
  ['label', 'Label'],
  ['attack', 'Attack'],
  ['base', 'Base'],
  ['steered', 'Steered'],
  ['score', 'Mean s'],
];

/** What a reader has made of the table: enough to come back to it. */
export interface TableState {
  readonly query: RowQuery;
  /** Ids of the prompts that are open. */
  readonly open: readonly string[];
  /** Id of the first prompt in sight. */
  readonly top: string | null;
}

export interface TableOptions {
  readonly controls: Controls;
  readonly actions: () => RowActions;
  readonly state: TableState | undefined;
  /** The reader did something. */
  readonly changed: (state: TableState) => void;
}

/** Every prompt with its two verdicts, flips first: filters, sorting, rows that open; only rows in sight are in the document. */
export class PromptsTable {
  readonly element = element('div', { class: 'prompts-table' });
  readonly #scroller = element('div', { class: 'scroll prompts', role: 'region', 'aria-label': 'Prompts' });
  readonly #options: TableOptions;
  readonly #virtual: VirtualRows;
  readonly #open: Set<string>;
  /** `id/part` of the long texts shown whole. */
  readonly #whole = new Set<string>();
  #data: Pick<ReportData, 'rows' | 'fit'> | undefined;
  #query: RowQuery;
  #filters: Filters;
  #found: readonly ReportRow[] = [];
  #current = 0;
  /** Id of the prompt that is to be the first in sight, once it is known how high rows are. */
  #wantedTop: string | null;
  #frame = 0;
  #searching: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TableOptions) {
    const { query, open, top } = options.state ?? { query: { sort: 'change', descending: false }, open: [], top: null };
    this.#options = options;
    this.#query = query;
    this.#filters = query;
    this.#open = new Set(open);
    this.#wantedTop = top;
    this.#virtual = new VirtualRows(this.#scroller, () => this.#drawSoon());
    this.#scroller.addEventListener('keydown', (event) => this.#walk(event));
    this.#scroller.addEventListener('scrollend', () => this.#keep());
  }

  /**
   * Shows other rows, or the same ones with more known of them; what the reader is looking at stays in place. A verdict
   * that a person gives moves no row away from under their hands: order and filters hold until they are used again.
   */
  show(data: Pick<ReportData, 'rows' | 'fit'>): void {
    const rows = new Map(data.rows.map((row) => [row.id, row]));
    if (this.#data?.rows.length === data.rows.length && this.#data.rows.every(({ id }) => rows.has(id))) {
      this.#data = data;
      this.#found = this.#found.map(({ id }) => rows.get(id)!);
      this.#draw();
      return;
    }
    const top = this.#virtual.top();
    const id = top === undefined ? undefined : this.#found[top.index]?.id;
    this.#data = data;
    if (id !== undefined && (top?.index !== 0 || top.offset !== 0)) this.#wantedTop = id;
    this.#find();
  }

  #find(): void {
    const current = this.#found[this.#current]?.id;
    this.#found = queryRows(this.#data?.rows ?? [], this.#query);
    this.#current = Math.max(
      0,
      this.#found.findIndex(({ id }) => id === current),
    );
    this.#draw();
  }

  #ask(query: RowQuery): void {
    this.#query = query;
    this.#find();
    this.#scroller.scrollTop = 0;
    this.#keep();
  }

  #filter(patch: Partial<Filters> | null): void {
    const { text = '' } = this.#filters;
    // Of what is set now, not of what was drawn last: two changes may come before the next drawing.
    const filters = patch === null ? {} : { ...this.#filters, ...patch };
    this.#filters = filters;
    const { sort, descending } = this.#query;
    clearTimeout(this.#searching);
    const delay = (filters.text ?? '') === text ? 0 : searchDelayMs;
    this.#searching = setTimeout(() => this.#ask({ ...filters, sort, descending }), delay);
  }

  #keep(): void {
    const top = this.#virtual.top();
    this.#options.changed({
      query: this.#query,
      open: [...this.#open],
      top: top === undefined ? null : (this.#found[top.index]?.id ?? null),
    });
  }

  #toggle(index: number): void {
    const { id } = this.#found[index]!;
    if (!this.#open.delete(id)) this.#open.add(id);
    this.#current = index;
    this.#draw();
    this.#keep();
  }

  /** The arrow keys go from row to row; the tab key leaves the table. */
  #walk(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement) || !event.target.classList.contains('toggle')) return;
    const steps: Partial<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#current = Math.min(this.#found.length - 1, Math.max(0, this.#current + step));
    this.#draw();
    this.#virtual.scrollTo(this.#current, 'auto');
    this.#scroller
      .querySelector<HTMLElement>(`[data-index="${this.#current}"] .toggle`)
      ?.focus({ preventScroll: true });
  }

  #drawSoon(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const rows = this.#data?.rows ?? [];
    render(
      html`${promptFilters(rows, this.#filters, this.#options.controls, (patch) => this.#filter(patch))}
        <p class="status" role="status">
          ${
            this.#found.length === rows.length
              ? count(rows.length, 'prompt')
              : `${this.#found.length} of ${count(rows.length, 'prompt')}`
          }
        </p>
        ${this.#scroller}`,
      this.element,
    );
    this.#virtual.show(
      this.#found.map(({ id }) => id),
      this.#current,
    );
    render(this.#table(), this.#scroller);
    const changed = this.#virtual.measure(
      this.#scroller.querySelectorAll<HTMLElement>('tbody[data-index]'),
      this.#scroller.querySelector<HTMLElement>('tbody[data-index]:not(.open)'),
    );
    if (changed) this.#draw();
    else if (this.#wantedTop !== null && this.#scroller.querySelector('tbody[data-index]') !== null) {
      const index = this.#found.findIndex(({ id }) => id === this.#wantedTop);
      this.#wantedTop = null;
      if (index >= 0) this.#virtual.scrollTo(index, 'start');
    }
  }

  #table(): TemplateResult {
    const { rows, gapAfter } = this.#virtual.visible();
    return html`<table aria-rowcount=${this.#found.length + 1}>
      <caption class="unseen">
        Prompts with the verdicts of base and steered; the button of each opens both replies. Arrow keys go from prompt
        to prompt.
      </caption>
      <colgroup>
        ${columns.map(([key]) => html`<col class="column-${key}" />`)}
      </colgroup>
      <thead>
        <tr aria-rowindex="1">
          ${columns.map((column) => this.#head(column))}
        </tr>
      </thead>
      ${
        this.#found.length === 0
          ? html`<tbody>
              <tr>
                <td colspan=${columns.length} class="empty">
                  ${(this.#data?.rows ?? []).length === 0 ? 'No replies yet.' : 'No prompt fits these filters.'}
                </td>
              </tr>
            </tbody>`
          : nothing
      }
      ${repeat(
        rows,
        ({ index }) => this.#found[index]!.id,
        ({ index, gapBefore }) => html`${gap(gapBefore)}${this.#row(index)}`,
      )}
      ${gap(gapAfter)}
    </table>`;
  }

  #head([key, name]: (typeof columns)[number]): TemplateResult {
    const { sort, descending } = this.#query;
    const order = key !== sort ? nothing : descending ? 'descending' : 'ascending';
    const clicked = () => this.#ask({ ...this.#query, sort: key, descending: key === sort && !descending });
    return html`<th scope="col" class=${key === 'score' ? 'number' : nothing} aria-sort=${order}>
      <button type="button" class="sort" @click=${clicked}>${name}</button>
    </th>`;
  }

  #row(index: number): TemplateResult {
    const row = this.#found[index]!;
    const open = this.#open.has(row.id);
    return html`<tbody class=${open ? 'open' : nothing} data-index=${index}>
      ${promptRow(row, { index, open, current: index === this.#current, toggle: () => this.#toggle(index) })}
      ${
        open
          ? html`<tr class="detail-row" id=${detailId(index)}>
              <td colspan=${columns.length}>${this.#detail(row)}</td>
            </tr>`
          : nothing
      }
    </tbody>`;
  }

  #detail(row: ReportRow): unknown {
    const key = (part: string) => JSON.stringify([row.id, part]);
    const parts = ['prompt', 'earlier', 'base', 'steered'].map((part) => this.#whole.has(key(part)));
    const whole = {
      has: (part: string) => this.#whole.has(key(part)),
      add: (part: string) => {
        this.#whole.add(key(part));
        this.#draw();
      },
    };
    const { controls, actions } = this.#options;
    // A megabyte of reply is not looked through again with every step of scrolling.
    return guard([row, ...parts], () => promptDetail(row, this.#data!.fit, { controls, actions: actions(), whole }));
  }
}

/** The room of rows that are not in the document. A property, because the page's policy forbids style attributes. */
function gap(height: number): TemplateResult | typeof nothing {
  if (height <= 0) return nothing;
  return html`<tbody class="gap" aria-hidden="true">
    <tr>
      <td colspan=${columns.length} .style=${`height: ${height}px`}></td>
    </tr>
  </tbody>`;
}
