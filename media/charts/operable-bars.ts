export interface Operable<Datum> {
  /** The elements to operate; Plot makes one for each datum. */
  readonly selector: string;
  readonly name: (datum: Datum) => string;
  readonly picked: (datum: Datum) => void;
  readonly isPicked: (datum: Datum) => boolean;
}

/** Makes the bars of a drawing buttons: the tab key comes to one of them, the arrow keys go on, Enter and Space pick. */
export function operableBars<Datum>(
  drawing: Element,
  data: readonly Datum[],
  { selector, name, picked, isPicked }: Operable<Datum>,
): void {
  // An image has no parts.
  drawing.setAttribute('role', 'group');
  const bars = [...drawing.querySelectorAll<SVGElement>(selector)].map((bar) => ({ bar, datum: data[indexOf(bar)]! }));
  const first = Math.max(
    0,
    bars.findIndex(({ datum }) => isPicked(datum)),
  );
  bars.forEach(({ bar, datum }, at) => {
    bar.classList.add('bar');
    bar.setAttribute('role', 'button');
    bar.setAttribute('aria-label', name(datum));
    bar.setAttribute('aria-pressed', String(isPicked(datum)));
    bar.setAttribute('tabindex', at === first ? '0' : '-1');
    bar.addEventListener('click', () => picked(datum));
    bar.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step === undefined && event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      if (step === undefined) picked(datum);
      else go(at, at + step);
    });
  });

  function go(from: number, to: number): void {
    const next = bars[to];
    if (next === undefined) return;
    bars[from]?.bar.setAttribute('tabindex', '-1');
    next.bar.setAttribute('tabindex', '0');
    next.bar.focus();
  }
}

/** Which datum Plot drew an element from: it binds the index to it, as d3 does. */
function indexOf(bar: Element): number {
  return (bar as Element & { readonly __data__: number }).__data__;
}
