/** Hᵀ1 of the rows of H [rows, d], and their number: what a mean is made of. A `Gram` is one too. */
export interface RowSums {
  readonly rows: number;
  /** [d] */
  readonly sums: Float64Array;
}

/** @param rows each [d] */
export function sumRows(rows: Iterable<Float32Array | Float64Array>, d: number): RowSums {
  const sums = new Float64Array(d);
  let count = 0;
  for (const row of rows) {
    if (row.length !== d) throw new RangeError(`A row of ${row.length} numbers among rows of ${d}.`);
    for (let i = 0; i < d; i++) sums[i]! += row[i]!;
    count++;
  }
  return { rows: count, sums };
}
