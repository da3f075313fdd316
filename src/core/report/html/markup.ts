import { escapeHtml } from './escape-html.ts';

/**
 * A piece of a page, not yet text: `markup` writes it with every value escaped, and a webview makes nodes of it, where
 * values are never parsed. The strings are the program's own; all that files and models say is among the values.
 */
export interface Html {
  readonly strings: TemplateStringsArray;
  readonly values: readonly Content[];
}

export type Content = string | number | Html | readonly Content[];

/** A template; values may stand in text and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return { strings, values };
}

export const nothing: Html = html``;

export function isList(content: Html | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content);
}

export function markup({ strings, values }: Html): string {
  return strings.map((part, at) => part + (at < values.length ? write(values[at]!) : '')).join('');
}

function write(content: Content): string {
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return isList(content) ? content.map(write).join('') : markup(content);
}
