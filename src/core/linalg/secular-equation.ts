/**
 * Root i of 1 + rho Σ zⱼ² / (dⱼ - λ) = 0, the i-th eigenvalue of diag(d) + rho z zᵀ: between d[i] and d[i+1], the last
 * one above all. Li's middle way (LAPACK working note 89), kept inside a bracket that halves where it would leave it.
 *
 * The unknown is the distance μ from the nearer of the two poles, so that dⱼ - λ = (dⱼ - d_pole) - μ has no cancellation:
 * the eigenvectors are made of these differences, and stay orthogonal by them.
 *
 * @param d [k], ascending, no two equal
 * @param squares [k]; zⱼ², none 0
 * @param rho above 0
 * @param differences [k], becomes dⱼ - λ
 * @returns λ
 */
export function secularRoot(
  d: Float64Array,
  squares: Float64Array,
  rho: number,
  i: number,
  differences: Float64Array,
): number {
  const k = d.length;
  const isLast = i === k - 1;
  const gap = isLast ? rho * squares.reduce((sum, square) => sum + square, 0) : d[i + 1]! - d[i]!;
  const inverse = 1 / rho;

  // The half of the interval that holds the root, and the pole it is measured from.
  let middle = inverse;
  for (let j = 0; j < k; j++) middle += squares[j]! / (d[j]! - d[i]! - gap / 2);
  const pole = !isLast && middle < 0 ? i + 1 : i;
  let low = pole === i ? 0 : -gap / 2;
  let high = pole === i ? gap / 2 : 0;
  if (isLast && middle < 0) {
    low = gap / 2;
    // Σ z² is rounded, and with it the upper end.
    high = gap * (1 + 4 * k * Number.EPSILON);
  }

  // The two poles that the middle way models; the last root has none above, so it takes the two below.
  const lowerPole = isLast ? Math.max(0, i - 1) : i;
  const upperPole = isLast ? i : i + 1;
  const below = d[lowerPole]! - d[pole]!;
  const above = d[upperPole]! - d[pole]!;
  let mu = firstGuess(d, squares, inverse, d[i]! + gap / 2, lowerPole, upperPole, pole, low, high);
  for (let step = 0; step < 120; step++) {
    let psi = 0;
    let psiSlope = 0;
    let phi = 0;
    let phiSlope = 0;
    for (let j = 0; j < k; j++) {
      const difference = d[j]! - d[pole]! - mu;
      const term = squares[j]! / difference;
      if (j <= lowerPole) {
        psi += term;
        psiSlope += term / difference;
      } else {
        phi += term;
        phiSlope += term / difference;
      }
    }
    const value = inverse + psi + phi;
    if (Math.abs(value) <= 8 * Number.EPSILON * (inverse + Math.abs(psi) + Math.abs(phi))) break;
    if (value < 0) low = mu;
    else high = mu;

    const next = mu + middleWay(value, psiSlope, phiSlope, below - mu, above - mu, isLast);
    // Every third step past the usual few halves the bracket, whatever the model says.
    const moved = next > low && next < high && (step < 12 || step % 3 > 0) ? next : halfway(low, high);
    if (moved === mu || moved === 0) break;
    mu = moved;
  }
  for (let j = 0; j < k; j++) differences[j] = d[j]! - d[pole]! - mu;
  return d[pole]! + mu;
}

/** The change of μ that solves the model c + p / (below - μ) + q / (above - μ) with the function's value and slopes. */
function middleWay(
  value: number,
  psiSlope: number,
  phiSlope: number,
  below: number,
  above: number,
  isLast: boolean,
): number {
  const product = below * above;
  let c = value - below * psiSlope - above * phiSlope;
  if (isLast && c < 0) c = -c;
  const a = (below + above) * value - product * (psiSlope + phiSlope);
  const b = product * value;
  const root = Math.sqrt(Math.abs(a * a - 4 * b * c));
  if (isLast) return a >= 0 ? (a + root) / (2 * c) : (2 * b) / (a - root);
  return a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root);
}

/** Root of the two nearest terms, all others held at their value in the middle of the interval. */
function firstGuess(
  d: Float64Array,
  squares: Float64Array,
  inverse: number,
  middle: number,
  lowerPole: number,
  upperPole: number,
  pole: number,
  low: number,
  high: number,
): number {
  let c = inverse;
  for (let j = 0; j < d.length; j++) if (j !== lowerPole && j !== upperPole) c += squares[j]! / (d[j]! - middle);
  const width = d[upperPole]! - d[lowerPole]!;
  const p = squares[lowerPole]!;
  const q = squares[upperPole]!;
  let guess: number;
  if (pole === lowerPole) {
    const a = c * width + p + q;
    const root = Math.sqrt(Math.abs(a * a - 4 * p * width * c));
    guess = a > 0 ? (2 * p * width) / (a + root) : (a - root) / (2 * c);
  } else {
    const a = c * width - p - q;
    const root = Math.sqrt(Math.abs(a * a + 4 * q * width * c));
    const isAbove = low >= 0;
    if (isAbove) guess = a > 0 ? (2 * q * width) / (root + a) : (root - a) / (2 * c);
    else guess = a < 0 ? (2 * q * width) / (a - root) : -(a + root) / (2 * c);
  }
  return guess > low && guess < high ? guess : halfway(low, high);
}

/** Between brackets of one sign the geometric mean: a root may be many powers of ten nearer to its pole than the bracket. */
function halfway(low: number, high: number): number {
  if (low > 0 && high > 4 * low) return Math.sqrt(low) * Math.sqrt(high);
  if (high < 0 && low < 4 * high) return -Math.sqrt(-low) * Math.sqrt(-high);
  return (low + high) / 2;
}
