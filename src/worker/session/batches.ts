/**
 * Rows in batches of like length, so that little is padded: sorted by length (ties by position, so that the schedule
 * is the same every time), longest first, as the first batch then shows whether memory suffices.
 * @param lengths tokens of each row
 * @returns indices of the rows of each batch
 */
export function batchesByLength(lengths: readonly number[], maxRows: number, maxTokens: number): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  let longest = 0;
  for (const row of order) {
    if (batch.length > 0 && (batch.length === maxRows || (batch.length + 1) * longest > maxTokens)) {
      batches.push(batch);
      batch = [];
    }
    if (batch.length === 0) longest = lengths[row]!;
    batch.push(row);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
