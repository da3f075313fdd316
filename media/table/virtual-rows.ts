import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';

/** A row to be in the document, and the height of the rows left out above it and below the one before. */
export interface VisibleRow {
  readonly index: number;
  readonly gapBefore: number;
}

/** Which of many rows of their own heights are in the document: those in sight, a few around them, and the current one. */
export class VirtualRows {
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #options: VirtualizerOptions<HTMLElement, HTMLElement>;
  /** Height of a row that is not open, in pixels; a guess until one was measured. */
  #closedHeight = 66;

  /** @param changed other rows came into sight, or a row changed its height */
  constructor(scroller: HTMLElement, changed: () => void) {
    this.#options = {
      count: 0,
      getScrollElement: () => scroller,
      estimateSize: () => this.#closedHeight,
      overscan: 6,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: changed,
    };
    this.#virtualizer = new Virtualizer(this.#options);
  }

  /** Sets the rows, known by their keys, and the current one. */
  show(keys: readonly string[], current: number): void {
    this.#virtualizer.setOptions({
      ...this.#options,
      count: keys.length,
      // What these two gave is remembered for as long as they are the same functions.
      getItemKey: (index) => keys[index]!,
      rangeExtractor: (range) => {
        const inSight = defaultRangeExtractor(range);
        // The row with the focus stays, or the focus would be lost.
        return [...new Set([...inSight, Math.min(current, range.count - 1)])].sort((a, b) => a - b);
      },
    });
    this.#virtualizer._willUpdate();
  }

  visible(): { readonly rows: readonly VisibleRow[]; readonly gapAfter: number } {
    let end = 0;
    const rows = this.#virtualizer.getVirtualItems().map((item) => {
      const gapBefore = item.start - end;
      end = item.end;
      return { index: item.index, gapBefore };
    });
    return { rows, gapAfter: this.#virtualizer.getTotalSize() - end };
  }

  /**
   * Follows the heights of the rows that are now in the document; each carries its index as `data-index`. Those not seen
   * yet are taken to be as high as `closed`, so that scrolling never has to be corrected.
   * @returns whether that height is another one now: other rows may be in sight
   */
  measure(rows: Iterable<HTMLElement>, closed: HTMLElement | null): boolean {
    const height = closed?.offsetHeight ?? 0;
    const changed = height > 0 && height !== this.#closedHeight;
    if (changed) {
      this.#closedHeight = height;
      this.#virtualizer.measure();
    }
    this.#virtualizer.measureElement(null);
    for (const row of rows) this.#virtualizer.measureElement(row);
    return changed;
  }

  /** The first row in sight, and how far it is scrolled out. */
  top(): { readonly index: number; readonly offset: number } | undefined {
    const at = this.#virtualizer.scrollOffset ?? 0;
    const item = this.#virtualizer.getVirtualItemForOffset(at);
    return item === undefined ? undefined : { index: item.index, offset: at - item.start };
  }

  /** Scrolls so that a row is first, or (`auto`) only as far as it takes to see it. */
  scrollTo(index: number, align: 'start' | 'auto'): void {
    this.#virtualizer.scrollToIndex(index, { align });
  }
}
