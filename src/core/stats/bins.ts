/**
 * Edges of about `wanted` equal bins that cover `low` to `high`, at round numbers (steps of 1, 2 or 5 times a power of
 * ten), so that a bin can be named. One bin around a single value.
 */
export function binEdges(low: number, high: number, wanted: number): number[] {
  const step = roundStep((high - low || Math.abs(low) || 1) / wanted);
  const first = Math.floor(low / step);
  // A value on the last edge belongs to a bin of its own: bins hold their lower edge only.
  const last = Math.floor(high / step) + 1;
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Index of the bin that holds a value: `edges[i] <= value < edges[i + 1]`. The value lies within the edges. */
export function binOf(edges: readonly number[], value: number): number {
  return edges.findLastIndex((edge) => edge <= value);
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = least / power;
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}
