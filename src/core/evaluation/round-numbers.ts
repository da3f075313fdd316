/**
 * The same value with every number at six significant digits: more than any of them is worth, and few enough that
 * the last bits of `Math.log` on another engine don't show.
 */
export function roundNumbers<T>(value: T): T {
  return rounded(value) as T;
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(6)) + 0;
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)]));
  }
  return value;
}
