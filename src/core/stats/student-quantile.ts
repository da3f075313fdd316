import { normalQuantile, type Level } from './normal-quantile.ts';

/**
 * Quantile of Student's t distribution, from the finite series of its distribution function (Abramowitz and Stegun
 * 26.7.3, 26.7.4); above 200 degrees of freedom from its expansion about the normal one (26.7.5). Between whole numbers
 * of them its logarithm is taken along 1 / df: too large by 2.6 % at most, near 1.5, and by 0.5 % above 2.
 *
 * @param df degrees of freedom, at least 1
 */
export function studentQuantile(level: Level, df: number): number {
  if (df > 200) {
    const z = normalQuantile[level];
    return z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df * df);
  }
  const below = Math.floor(df);
  if (below === df) return ofWhole(level, df);
  const part = (1 / df - 1 / (below + 1)) / (1 / below - 1 / (below + 1));
  return ofWhole(level, below) ** part * ofWhole(level, below + 1) ** (1 - part);
}

function ofWhole(level: Level, df: number): number {
  let low = 0;
  let high = Math.PI / 2;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (within(middle, df) < 2 * level - 1) low = middle;
    else high = middle;
  }
  return Math.sqrt(df) * Math.tan(low);
}

/** P(|T| < t), t = tan(angle) √df. */
function within(angle: number, df: number): number {
  const isOdd = df % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let k = isOdd ? 1 : 0; k <= df - 2; k += 2) {
    sum += term;
    term *= (Math.cos(angle) ** 2 * (k + 1)) / (k + 2);
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
