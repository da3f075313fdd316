import { html, type Html } from './markup.ts';

/** The sections of a report that its contents may name, by their ids. */
const sectionNames = {
  prompts: 'Prompts',
  checks: 'Checks',
  rates: 'Refusal rates',
  conditions: 'Controls',
  choice: 'Why these settings',
  'layer-numbers': 'Layers',
  judge: 'The judge',
  'second-judge': 'A second judge',
  warnings: 'Warnings',
  method: 'How it was measured',
} as const;

/** Links to the sections that a page has, in its order; one that is undefined is not there. */
export function contents(sections: readonly (keyof typeof sectionNames | undefined)[]): Html {
  const there = sections.filter((id) => id !== undefined);
  return html`<nav aria-label="Contents">
    <ul>
      ${there.map((id) => html`<li><a href="#${id}">${sectionNames[id]}</a></li>`)}
    </ul>
  </nav>`;
}
