import { figure, type Chart, type DrawnChart } from './figure.ts';

/** The figures of a page by their names: each stays the same element while the page around it is drawn again. */
export class KeptFigures {
  readonly #kept = new Map<string, { readonly drawn: DrawnChart; readonly of: readonly unknown[] }>();

  /**
   * The figure of a name, drawn again only where something that it is drawn from is another.
   * @param of all that the chart is drawn from, compared by identity
   */
  show(name: string, of: readonly unknown[], chart: Chart): HTMLElement {
    const known = this.#kept.get(name);
    if (known?.of.every((one, at) => one === of[at])) return known.drawn.figure;
    const drawn = known?.drawn ?? figure(chart);
    this.#kept.set(name, { drawn, of });
    drawn.show(chart);
    return drawn.figure;
  }
}
