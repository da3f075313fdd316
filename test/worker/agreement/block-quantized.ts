/** A matrix [rows, columns] in 4-bit blocks along its rows, as MatMulNBits and GatherBlockQuantized hold their weights. */
export interface BlockQuantized {
  readonly rows: number;
  /** A multiple of `blockSize`. */
  readonly columns: number;
  readonly blockSize: number;
  /** [rows, columns / 2]: two values a byte, the low half first. */
  readonly values: Uint8Array;
  /** [rows, columns / blockSize]. */
  readonly scales: Float32Array;
  /** Two a byte like the values, each row padded to a whole byte; 8 for every block without them. */
  readonly zeroPoints: Uint8Array | undefined;
}

/**
 * The f32 values (q - zero point) * scale, block by block so that both orders are written in runs.
 * @returns [rows, columns], or [columns, rows] if `transposed`
 */
export function dequantize(matrix: BlockQuantized, transposed: boolean): Float32Array {
  const { rows, columns, blockSize, values, scales, zeroPoints } = matrix;
  const blocks = columns / blockSize;
  const zeroPointsOfRow = 2 * Math.ceil(blocks / 2);
  const [rowStride, columnStride] = transposed ? [1, rows] : [columns, 1];
  const out = new Float32Array(rows * columns);
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < rows; row++) {
      const scale = scales[row * blocks + block]!;
      const zeroPoint = zeroPoints ? half(zeroPoints, row * zeroPointsOfRow + block) : 8;
      for (let column = block * blockSize; column < (block + 1) * blockSize; column++) {
        out[row * rowStride + column * columnStride] = (half(values, row * columns + column) - zeroPoint) * scale;
      }
    }
  }
  return out;
}

/** The `index`-th half of a byte. */
function half(bytes: Uint8Array, index: number): number {
  return (bytes[index >> 1]! >> (4 * (index & 1))) & 15;
}
