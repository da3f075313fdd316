import { expect, test } from 'vitest';
import { divergence, logSoftmax } from '../../../../src/core/stats/divergence.ts';

test('log-probabilities are those of scipy.special.log_softmax, however large the logits', () => {
  for (const shift of [0, 1000]) {
    const made = logSoftmax(Float32Array.of(shift + 1, shift + 2, shift + 4));
    for (const [at, x] of [-3.169846, -2.169846, -0.169846].entries()) expect(made[at]).toBeCloseTo(x, 5);
  }
});

test('the divergence is 0 from itself, and scipy.stats.entropy elsewhere', () => {
  const [p, q] = [
    [0.1, 0.2, 0.7],
    [0.3, 0.3, 0.4],
  ].map((shares) => Float32Array.from(shares, Math.log));
  expect(divergence(p!, p!)).toBe(0);
  expect(divergence(p!, q!)).toBeCloseTo(0.2007763, 5);
});
