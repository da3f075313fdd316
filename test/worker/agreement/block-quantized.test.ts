import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dequantize } from './block-quantized.ts';
import { seededRandom } from '../../../src/core/prompts/split/seeded-random.ts';

test('the low half of a byte comes first, and 8 is zero unless the block says otherwise', () => {
  const matrix = {
    rows: 2,
    columns: 4,
    blockSize: 2,
    values: Uint8Array.of(0x98, 0xf0, 0x10, 0x32),
    scales: Float32Array.of(1, 2, 4, 0.5),
  };
  expect([...dequantize({ ...matrix, zeroPoints: undefined }, false)]).toEqual([0, 1, -16, 14, -32, -28, -3, -2.5]);
  const zeroPoints = Uint8Array.of(0x08, 0x21);
  expect([...dequantize({ ...matrix, zeroPoints }, false)]).toEqual([0, 1, 0, 30, -4, 0, 0, 0.5]);
});

test('each row of zero points starts with a byte of its own', () => {
  const matrix = { rows: 2, columns: 6, blockSize: 2, values: new Uint8Array(6), scales: new Float32Array(6).fill(1) };
  const zeroPoints = Uint8Array.of(0x21, 0xf3, 0x54, 0xf6);
  expect([...dequantize({ ...matrix, zeroPoints }, false)]).toEqual([-1, -1, -2, -2, -3, -3, -4, -4, -5, -5, -6, -6]);
});

test('transposed, it has the same values in the other order', () => {
  const small = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(small, small, fc.nat(), (rows, blocks, seed) => {
      const columns = 16 * blocks;
      const random = seededRandom(seed);
      const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => 256 * random());
      const matrix = {
        rows,
        columns,
        blockSize: 16,
        values: bytes((rows * columns) / 2),
        scales: Float32Array.from(bytes(rows * blocks), (x) => x / 7),
        zeroPoints: bytes(rows * Math.ceil(blocks / 2)),
      };
      const [plain, transposed] = [dequantize(matrix, false), dequantize(matrix, true)];
      plain.forEach((x, i) => expect(transposed[(i % columns) * rows + Math.floor(i / columns)]).toBe(x));
    }),
  );
});
