/**
 * The matrices of the comparison, made from a seed and written as f64 [d, d] for every candidate to read: Gram matrices
 * like those of a residual stream, with three massive directions and a power-law rest (condition 3e8 at 576, 2e10 at 4096).
 *
 *   node spectra.mjs 576 OUT.f64
 */
import { writeFileSync } from 'node:fs';

const d = Number(process.argv[2]);
let state = 42;
function uniform() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

// A = H diag(λ) H of a power-law spectrum, turned by eight random reflections: full, and its eigenvalues are known.
const values = Float64Array.from({ length: d }, (_, i) =>
  i < 3 ? 10 ** (6 - i) : 1e3 * (i + 1) ** -2 * (1 + uniform()),
);
const a = new Float64Array(d * d);
for (let i = 0; i < d; i++) a[i * d + i] = values[i];
for (let turn = 0; turn < 8; turn++) {
  const v = Float64Array.from({ length: d }, () => uniform() + uniform() - 1);
  const beta = 2 / v.reduce((sum, x) => sum + x * x, 0);
  const p = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) p[i] += beta * a[i * d + j] * v[j];
  const half = (beta / 2) * p.reduce((sum, x, i) => sum + x * v[i], 0);
  for (let i = 0; i < d; i++) p[i] -= half * v[i];
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) a[i * d + j] -= v[i] * p[j] + p[i] * v[j];
  }
}
writeFileSync(process.argv[3], a);
