import { expect, test } from 'vitest';
import { strengthFront } from '../../../../src/core/evaluation/strength-front.ts';

test('a strength that refuses no more and costs more is off the front', () => {
  const at = (strength: number, jailbreak: number, benign: number) => ({
    strength,
    refused: { harmful: 0.9, jailbreak, benign },
  });
  expect(strengthFront([at(0.5, 0.6, 0.01), at(1, 0.8, 0.02), at(2, 0.8, 0.05), at(4, 0.7, 0.2)])).toEqual([0.5, 1]);
});
