/** At most `most` of the rows, evenly taken in their order, the first among them; all where there are no more. */
export function evenly<T>(rows: readonly T[], most: number): T[] {
  const n = Math.min(most, rows.length);
  return Array.from({ length: n }, (_, i) => rows[Math.floor((i * rows.length) / n)]!);
}
