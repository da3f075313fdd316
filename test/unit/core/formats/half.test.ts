import { expect, test } from 'vitest';
import { halfToNumber } from '../../../../src/core/formats/half.ts';

test.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 2 ** -24],
  [0x83ff, -1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3c00, 1],
  [0x3555, 1365 / 4096],
  [0xc500, -5],
  [0x7bff, 65504],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
  [0x7c01, NaN],
])('%i is %d', (bits, number) => {
  expect(halfToNumber(bits)).toBe(number);
});
