import { addRow, noRows, type RowSums } from '../../../../src/core/linalg/row-sums.ts';

/** @param rows each [d] */
export function sumRows(rows: Iterable<Float32Array | Float64Array>, d: number): RowSums {
  const sums = noRows(d);
  for (const row of rows) addRow(sums, row);
  return sums;
}
