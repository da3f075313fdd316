import type { TemplateResult } from 'lit';

export type Choices = readonly (readonly [value: string, name: string])[];

interface Field {
  readonly label: string;
  readonly value: string;
  readonly changed: (value: string) => void;
}

/** What a page is operated by: the browser's own controls in `report.html`, the editor's in a webview. */
export interface Controls {
  search(field: Field & { readonly placeholder: string }): TemplateResult;
  /** One of several; the label stands above it. */
  choice(field: Field & { readonly choices: Choices }): TemplateResult;
  /** @param icon a codicon, where the page has them */
  button(button: { readonly label: string; readonly icon?: string; readonly clicked: () => void }): TemplateResult;
}
