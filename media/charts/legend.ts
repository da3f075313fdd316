import * as Plot from '@observablehq/plot';
import { element } from '../controls/dom.ts';
import { labelColours, labelNames, labelOrder, labelSymbols, type ShapeName } from './palette.ts';
import { drawing } from './figure.ts';

/** Which shape and colour is which label. Plot's own legends bring style attributes, which the page's policy forbids. */
export function labelLegend(): HTMLElement {
  return element(
    'ul',
    { class: 'legend', 'aria-hidden': 'true' },
    ...labelOrder.map((label) =>
      element('li', {}, swatch(labelColours[label], labelSymbols[label]), labelNames[label]),
    ),
  );
}

export function legend(entries: readonly (readonly [swatch: Node, name: string])[]): HTMLElement {
  return element(
    'ul',
    { class: 'legend', 'aria-hidden': 'true' },
    ...entries.map(([mark, name]) => element('li', {}, mark, name)),
  );
}

/** A shape on its own, as the charts draw it. */
export function swatch(colour: string, symbol: ShapeName, filled = true): SVGElement | HTMLElement {
  return drawing({
    width: 16,
    height: 16,
    margin: 0,
    x: { axis: null, domain: [-1, 1] },
    y: { axis: null, domain: [-1, 1] },
    marks: [
      Plot.dot([0], {
        x: 0,
        y: 0,
        r: 4.5,
        symbol,
        ...(filled ? { fill: colour } : { stroke: colour, strokeWidth: 1.8 }),
      }),
    ],
  });
}
