import { html } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Controls } from './controls.ts';

/** The browser's own controls. */
export const browserControls: Controls = {
  search: ({ label, value, placeholder, changed }) =>
    html`<label class="search"
      ><span>${label}</span>
      <input
        type="search"
        placeholder=${placeholder}
        autocomplete="off"
        spellcheck="false"
        .value=${live(value)}
        @input=${({ currentTarget }: Event) => changed((currentTarget as HTMLInputElement).value)}
      />
    </label>`,
  choice: ({ label, value, choices, changed }) =>
    html`<label
      ><span>${label}</span>
      <select
        .value=${live(value)}
        @change=${({ currentTarget }: Event) => changed((currentTarget as HTMLSelectElement).value)}
      >
        ${choices.map(([key, name]) => html`<option value=${key} ?selected=${key === value}>${name}</option>`)}
      </select>
    </label>`,
  button: ({ label, clicked }) => html`<button type="button" @click=${clicked}>${label}</button>`,
};
