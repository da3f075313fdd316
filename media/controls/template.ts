import { html as nodes, nothing as none, type TemplateResult } from 'lit';
import { visibleControls } from '../../src/core/report/html/escape-html.ts';
import { isList, nothing, type Content, type Html } from '../../src/core/report/html/markup.ts';

/** A section of the report as nodes. Its values become text nodes and attribute values: nothing of them is parsed. */
export function template({ strings, values }: Html): TemplateResult {
  return nodes(strings, ...values.map(part));
}

function part(content: Content): unknown {
  if (typeof content === 'string') return visibleControls(content);
  if (typeof content === 'number') return content;
  if (isList(content)) return content.map(part);
  return content === nothing ? none : template(content);
}
