/** Exact McNemar test, two-sided: how likely `gained` against `lost` flips are when both ways are as likely. 1 without flips. */
export function mcnemar(gained: number, lost: number): number {
  const n = gained + lost;
  let term = 0.5 ** n;
  let tail = 0;
  for (let k = 0; k <= Math.min(gained, lost); k++) {
    tail += term;
    term *= (n - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}
