import type { LayerPoint } from '../../charts/distribution.ts';
import type { KeptFigures } from '../../charts/kept-figures.ts';
import type { PromptsTable } from '../../table/prompts-table.ts';
import type { RunView } from '../run-model.ts';
import type { NormsState } from './norms-state.ts';

/** What the sections of the page are drawn from. */
export interface PageParts {
  readonly view: RunView;
  /** Every steered reply of the run at every steered layer. */
  readonly points: readonly LayerPoint[];
  readonly state: NormsState;
  readonly figures: KeptFigures;
  /** Holds the prompts behind the picked bar. */
  readonly table: PromptsTable;
  /** Keeps what the reader chose, and draws the page again. */
  readonly choose: (changed: Partial<NormsState>) => void;
}
