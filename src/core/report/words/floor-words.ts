import { count } from '../../format.ts';
import { labelGroups } from '../../evaluation/data/groups.ts';
import type { Summary } from '../../evaluation/data/summary.ts';

/** What changed between base and base in another batch shape; undefined where base ran once. */
export function floorSentence({ sameAgain, degenerate: { floor } }: Summary): string | undefined {
  if (floor === null) return undefined;
  const flips = labelGroups.reduce(
    (sum, group) => sum + (sameAgain[group]?.gained ?? 0) + (sameAgain[group]?.lost ?? 0),
    0,
  );
  return `Noise floor (base against base, each prompt alone in its batch): ${flips} of ${count(floor.n, 'prompt')} change between refused and not; loops and empty replies go from ${floor.base} to ${floor.again}. A change no larger than that means nothing.`;
}
