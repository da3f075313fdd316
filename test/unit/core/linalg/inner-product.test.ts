import { expect, test } from 'vitest';
import { cosine, dot, norm } from '../../../../src/core/linalg/inner-product.ts';

test('dot, norm and cosine', () => {
  expect(dot([1, 2, 3], Float32Array.of(4, 5, 6))).toBe(32);
  expect(norm([3, 4])).toBe(5);
  expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 15);
  expect(cosine([1, 0], [0, 0])).toBe(0);
  expect(() => dot([1], [1, 2])).toThrow(RangeError);
});
