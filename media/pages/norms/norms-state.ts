import type { Bar } from '../../charts/bars.ts';
import type { Measure } from '../../charts/distribution.ts';
import type { TableState } from '../../table/prompts-table.ts';

/** A bar by what makes it, so that it is found again when the run has gone on. */
export interface PickedBar {
  readonly measure: Measure;
  readonly label: Bar['label'];
  readonly from: number;
}

/** What the page keeps of itself while it is hidden. */
export interface NormsState {
  readonly layer?: number;
  readonly norm: 'norm' | 'relativeNorm';
  readonly picked?: PickedBar | undefined;
  readonly table?: TableState;
}

export function isPicked(picked: PickedBar | undefined, measure: Measure, { label, from }: Bar): boolean {
  return picked?.measure === measure && picked.label === label && picked.from === from;
}
