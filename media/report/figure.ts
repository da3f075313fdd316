import * as Plot from '@observablehq/plot';
import { element } from './dom.ts';

export interface Chart {
  readonly title: string;
  /** What to see in it and how to read it, one or two sentences. */
  readonly caption: string;
  /** For a reader who can't see it; the numbers stand in the page's tables. */
  readonly description: string;
  readonly legend?: HTMLElement;
  /** Controls above the drawing. */
  readonly controls?: HTMLElement;
  /** Null where there is nothing to draw. */
  readonly options: (width: number) => Plot.PlotOptions | null;
  /** Said instead of the drawing. */
  readonly empty: string;
}

export interface DrawnChart {
  readonly figure: HTMLElement;
  readonly redraw: () => void;
}

/** A figure that draws itself to the width it has, and again when that changes. */
export function figure(chart: Chart): DrawnChart {
  const canvas = element('div', { class: 'canvas' });
  const made = element(
    'figure',
    { class: 'chart' },
    element('h3', {}, chart.title),
    element('figcaption', {}, chart.caption),
    ...(chart.controls === undefined ? [] : [chart.controls]),
    ...(chart.legend === undefined ? [] : [chart.legend]),
    canvas,
  );
  let drawnWidth = 0;
  const draw = (width: number) => {
    drawnWidth = width;
    const options = chart.options(width);
    canvas.replaceChildren(
      options === null
        ? element('p', { class: 'empty' }, chart.empty)
        : drawing({ ...options, width, ariaLabel: chart.title, ariaDescription: chart.description }),
    );
  };
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width > 0 && width !== drawnWidth) draw(width);
  }).observe(canvas);
  return { figure: made, redraw: () => draw(drawnWidth) };
}

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
