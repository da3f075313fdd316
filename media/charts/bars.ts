import type { Label } from '../../src/core/prompts/prompt.ts';
import { binEdges, binOf } from '../../src/core/stats/bins.ts';
import type { LayerPoint, Measure } from './distribution.ts';

const wantedBins = 28;

/** The prompts of one label whose score or norm at one layer lies in `[from, to)`. */
export interface Bar {
  readonly label: Label;
  readonly from: number;
  readonly to: number;
  readonly ids: readonly string[];
  /** Part of the label's prompts, and that divided by the same of the label's largest bar. */
  readonly share: number;
  readonly height: number;
}

/** A histogram of one layer's points for each label, all on the same bins. */
export function barsOf(points: readonly LayerPoint[], measure: Measure): Bar[] {
  const finite = points.filter((point) => Number.isFinite(point[measure]));
  if (finite.length === 0) return [];
  const values = finite.map((point) => point[measure]);
  // Not Math.min(...values): 100,000 arguments are too many.
  const edges = binEdges(
    values.reduce((low, value) => Math.min(low, value)),
    values.reduce((high, value) => Math.max(high, value)),
    wantedBins,
  );
  const ids = new Map<Label, Map<number, string[]>>();
  for (const point of finite) {
    const bins = ids.get(point.label) ?? new Map<number, string[]>();
    ids.set(point.label, bins);
    const bin = binOf(edges, point[measure]);
    const members = bins.get(bin);
    if (members === undefined) bins.set(bin, [point.row.id]);
    else members.push(point.row.id);
  }
  return [...ids].flatMap(([label, bins]) => {
    const n = finite.filter((point) => point.label === label).length;
    const largest = [...bins.values()].reduce((most, members) => Math.max(most, members.length), 0);
    return [...bins]
      .sort(([a], [b]) => a - b)
      .map(([bin, members]) => ({
        label,
        from: edges[bin]!,
        to: edges[bin + 1]!,
        ids: members,
        share: members.length / n,
        height: members.length / largest,
      }));
  });
}
