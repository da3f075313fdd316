import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import type { VscodeSingleSelect } from '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { html } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Controls } from './controls.ts';

/** Pixels of an option in the elements' list. */
const optionHeight = 22;

/** Controls that look and behave as the editor's own. */
export const editorControls: Controls = {
  search: ({ label, value, placeholder, changed }) =>
    html`<div class="field search">
      <span aria-hidden="true">${label}</span>
      <vscode-textfield
        type="search"
        placeholder=${placeholder}
        autocomplete="off"
        .label=${label}
        .value=${live(value)}
        @input=${({ currentTarget }: Event) => changed((currentTarget as HTMLElementTagNameMap['vscode-textfield']).value)}
      ></vscode-textfield>
    </div>`,
  choice: ({ label, value, choices, changed }) =>
    html`<div class="field">
      <span aria-hidden="true">${label}</span>
      <vscode-single-select
        .label=${label}
        .value=${live(value)}
        @pointerdown=${({ currentTarget }: Event) => turnToRoom(currentTarget as VscodeSingleSelect)}
        @keydown=${({ currentTarget }: Event) => turnToRoom(currentTarget as VscodeSingleSelect)}
        @change=${({ currentTarget }: Event) => {
          const select = currentTarget as VscodeSingleSelect;
          // A click on an option puts the focus into the list, which is about to go.
          select.blur();
          select.focus();
          changed(select.value);
        }}
      >
        ${choices.map(([key, name]) => html`<vscode-option value=${key} ?selected=${key === value}>${name}</vscode-option>`)}
      </vscode-single-select>
    </div>`,
  button: ({ label, icon = '', clicked }) =>
    html`<vscode-button secondary icon=${icon} @click=${clicked}>${label}</vscode-button>`,
};

/** The list opens below its field even where the window ends there; this turns it up before it opens. */
function turnToRoom(select: VscodeSingleSelect): void {
  const { top, bottom } = select.getBoundingClientRect();
  const below = innerHeight - bottom;
  select.position = below < Math.min(10, select.options.length) * optionHeight && top > below ? 'above' : 'below';
}
