import * as Plot from '@observablehq/plot';
import { element } from '../controls/dom.ts';

export interface Chart {
  readonly title: string;
  /** What to see in it and how to read it, one or two sentences. */
  readonly caption: string;
  /** For a reader who can't see it; the numbers stand in the page's tables. */
  readonly description: string;
  readonly legend?: () => HTMLElement;
  /** Controls above the drawing. */
  readonly controls?: HTMLElement;
  /** Null where there is nothing to draw. */
  readonly options: (width: number) => Plot.PlotOptions | null;
  /** Said instead of the drawing. */
  readonly empty: string;
  /** The reader clicked near a mark; `datum` is what it was drawn from. */
  readonly picked?: (datum: unknown) => void;
  /** Last touches to a drawing, such as parts that can be operated. */
  readonly finish?: (drawing: SVGElement | HTMLElement) => void;
}

export interface DrawnChart {
  readonly figure: HTMLElement;
  /** Draws other numbers in the same place. */
  readonly show: (chart: Chart) => void;
}

/** A figure that draws itself to the width it has, and again when that changes. */
export function figure(first: Chart): DrawnChart {
  const title = element('h3', {});
  const caption = element('figcaption', {});
  const canvas = element('div', { class: 'canvas' });
  const made = element(
    'figure',
    { class: 'chart' },
    title,
    caption,
    ...(first.controls === undefined ? [] : [first.controls]),
    ...(first.legend === undefined ? [] : [first.legend()]),
    canvas,
  );
  let chart = first;
  let width = 0;
  const draw = () => {
    title.textContent = chart.title;
    caption.textContent = chart.caption;
    if (width === 0) return;
    const options = chart.options(width);
    if (options === null) {
      canvas.replaceChildren(element('p', { class: 'empty' }, chart.empty));
      return;
    }
    const plot = drawing({ ...options, width, ariaLabel: chart.title, ariaDescription: chart.description });
    const { picked } = chart;
    if (picked !== undefined) {
      plot.classList.add('pickable');
      plot.addEventListener('click', () => {
        // Plot keeps the datum of the mark nearest to the pointer as the value of the plot.
        const { value } = plot as { readonly value?: unknown };
        if (value !== null && value !== undefined) picked(value);
      });
    }
    chart.finish?.(plot);
    const focused = canvas.contains(document.activeElement);
    canvas.replaceChildren(plot);
    if (focused) plot.querySelector<SVGElement>('[tabindex="0"]')?.focus();
  };
  new ResizeObserver(([entry]) => {
    const now = Math.floor(entry?.contentRect.width ?? 0);
    if (now === 0 || now === width) return;
    width = now;
    draw();
  }).observe(canvas);
  draw();
  return {
    figure: made,
    show: (other) => {
      chart = other;
      draw();
    },
  };
}

/** Numbers that show when the pointer is near a mark. */
export const hover = {
  fill: 'var(--as-background)',
  stroke: 'var(--as-line)',
  fontSize: 12,
  lineWidth: 32,
  lineHeight: 1.3,
  pathFilter: 'none',
} as const satisfies Plot.TipOptions;

/**
 * A plot as an image. Plot puts a `<style>` into each one, which the page's policy would refuse and report; taken out
 * before the plot is in the document it is never looked at, and its rules stand in report.css.
 */
export function drawing(options: Plot.PlotOptions): SVGElement | HTMLElement {
  const plot = Plot.plot(options);
  for (const style of plot.querySelectorAll('style')) style.remove();
  // Inside an image nothing is read; Plot's names of its own parts ("dot", "rule") would only be noise.
  for (const part of plot.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  plot.setAttribute('role', 'img');
  return plot;
}
