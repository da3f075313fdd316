import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { html } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Controls } from '../report/controls.ts';

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
        @change=${({ currentTarget }: Event) =>
          changed((currentTarget as HTMLElementTagNameMap['vscode-single-select']).value)}
      >
        ${choices.map(([key, name]) => html`<vscode-option value=${key} ?selected=${key === value}>${name}</vscode-option>`)}
      </vscode-single-select>
    </div>`,
  button: ({ label, icon = '', clicked }) =>
    html`<vscode-button secondary icon=${icon} @click=${clicked}>${label}</vscode-button>`,
};
