/** Hᵀ1 of the rows of H [rows, d], and their number: what a mean is made of. A `Gram` is one too. */
export interface RowSums {
  readonly rows: number;
  /** [d] */
  readonly sums: Float64Array;
}

/** Sums that rows are still added to. */
export interface GrowingRowSums extends RowSums {
  rows: number;
}

export function noRows(d: number): GrowingRowSums {
  return { rows: 0, sums: new Float64Array(d) };
}

/** @param row [d] */
export function addRow(into: GrowingRowSums, row: Float32Array | Float64Array): void {
  const { sums } = into;
  if (row.length !== sums.length) throw new RangeError(`A row of ${row.length} numbers among rows of ${sums.length}.`);
  for (let i = 0; i < row.length; i++) sums[i]! += row[i]!;
  into.rows++;
}

/** The sums of the rows of all of them, at least one. */
export function joinRowSums(parts: readonly RowSums[]): RowSums {
  const joined = noRows(parts[0]!.sums.length);
  for (const { rows, sums } of parts) {
    joined.rows += rows;
    for (let i = 0; i < sums.length; i++) joined.sums[i]! += sums[i]!;
  }
  return joined;
}
