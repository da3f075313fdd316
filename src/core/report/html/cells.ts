import { interval, percent } from '../../format.ts';
import { html, type Content, type Html } from './markup.ts';

/** A cell of a table of numbers. */
export function cell(content: Content): Html {
  return html`<td class="number">${content}</td>`;
}

/** A rate and its interval, a cell each. */
export function rateCells(
  rates: { readonly rate: number; readonly low: number; readonly high: number } | undefined,
): Html {
  return rates === undefined
    ? html`${cell('–')}${cell('')}`
    : html`${cell(percent(rates.rate))}
        <td class="number quiet">${interval(rates.low, rates.high)}</td>`;
}
