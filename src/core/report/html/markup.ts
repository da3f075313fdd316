import { escapeHtml } from '../escape-html.ts';

/** HTML that is safe to write. Only `html` makes it, and `html` escapes everything else that goes in. */
export interface Html {
  readonly markup: string;
}

export type Content = string | number | Html | readonly Content[];

/** A template whose values are escaped, unless they are HTML themselves; for text and quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return { markup: strings.map((part, at) => part + (at < values.length ? write(values[at]!) : '')).join('') };
}

export const nothing: Html = { markup: '' };

function write(content: Content): string {
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  if (isList(content)) return content.map(write).join('');
  return content.markup;
}

function isList(content: Html | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content);
}
