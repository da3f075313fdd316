import { expect, test } from 'vitest';
import { separation } from '../../../../../src/core/evaluation/rates/separation.ts';

test('scores that lie apart separate wholly, and benign ones leak by their size', () => {
  expect(separation([1, 2], [-0.5, 0.5])).toEqual({ auc: 1, leakage: 0.5, leakage95: 0.5 });
});

test('what no prompt measures is absent', () => {
  expect(separation([1], [])).toEqual({});
  expect(separation([], [0.5]).auc).toBeUndefined();
  expect(separation([], [0.5]).leakage).toBe(0.5);
});
