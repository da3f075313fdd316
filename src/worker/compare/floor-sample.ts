import { evenly } from '../../core/evenly-spaced.ts';
import { labels, type Prompt } from '../../core/prompts/prompt.ts';
import type { EvidenceSet } from '../../core/evaluation/data/groups.ts';

/** Prompts of each kind that base replies to twice, of which the second time takes four times as long. */
export const floorPerKind = 8;

interface FloorRow {
  readonly prompt: Pick<Prompt, 'label'>;
  readonly set: EvidenceSet;
}

/** At most `floorPerKind` rows of each label and set, spread evenly over them in their order. */
export function floorSample<T extends FloorRow>(rows: readonly T[]): T[] {
  const kinds = labels.flatMap((label) =>
    (['evaluate', 'held-out-goals'] as const).map((set) =>
      rows.filter((row) => row.prompt.label === label && row.set === set),
    ),
  );
  return kinds.flatMap((kind) => evenly(kind, floorPerKind));
}
