import { expect, test } from 'vitest';
import { joinRowSums } from '../../../../src/core/linalg/row-sums.ts';
import { sumRows } from './sum-rows.ts';

test('rows are summed in f64 and counted', () => {
  const rows = [Float32Array.of(2 ** 30, 1), Float32Array.of(2 ** -22, 1)];
  expect(sumRows(rows, 2)).toEqual({ rows: 2, sums: Float64Array.of(2 ** 30 + 2 ** -22, 2) });
  expect(() => sumRows(rows, 3)).toThrow(RangeError);
});

test('joined sums are those of all their rows', () => {
  const [a, b, c] = [Float32Array.of(1, 2), Float32Array.of(3, 4), Float32Array.of(5, 6)];
  expect(joinRowSums([sumRows([a], 2), sumRows([b, c], 2)])).toEqual(sumRows([a, b, c], 2));
});
