/**
 * Edges of about `wanted` equal bins that cover `low` to `high`, at round numbers (steps of 1, 2 or 5 times a power of
 * ten), so that a bin can be named. One bin around a single value.
 */
export function binEdges(low: number, high: number, wanted: number): number[] {
  const step = roundStep((high - low || Math.abs(low) || 1) / wanted);
  const edge = (i: number): number => Number((i * step).toPrecision(12));
  // By the edges as they are, not by quotients: those round to the other side of a whole number at times.
  let first = Math.round(low / step);
  while (edge(first) > low) first--;
  // A value on the last edge belongs to a bin of its own: bins hold their lower edge only.
  let last = Math.round(high / step);
  while (edge(last) <= high) last++;
  return Array.from({ length: last - first + 1 }, (_, i) => edge(first + i));
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
