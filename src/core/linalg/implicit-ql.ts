/**
 * Eigenvalues of a symmetric tridiagonal matrix by the implicit QL method (Wilkinson's shift; EISPACK's imtql2), its
 * rotations applied to the rows of `rows`: where these hold the identity, they end up as the eigenvectors.
 *
 * For small matrices: every sweep passes over all rows.
 *
 * @param diagonal [n]; becomes the eigenvalues, in no order
 * @param offDiagonal [n]; `offDiagonal[i]` couples i - 1 and i; destroyed
 * @param rows [n, n] row-major
 * @throws {Error} when an eigenvalue takes more than 60 sweeps, which only numbers that are not finite do
 */
export function implicitQl(diagonal: Float64Array, offDiagonal: Float64Array, rows: Float64Array): void {
  const d = diagonal;
  const n = d.length;
  const e = new Float64Array(n);
  e.set(offDiagonal.subarray(1));
  // T carries an error of the size ε‖A‖ from the reduction already, so a coupling well below that is none.
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(d[i]!) + Math.abs(e[i]!));
  const negligible = (Number.EPSILON * scale) / 16;

  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < n - 1) {
        const coupling = Math.abs(e[m]!);
        if (coupling <= negligible || coupling <= Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) break;
        m++;
      }
      if (m === l) break;
      if (sweep === 60)
        throw new Error('The eigenvalues did not converge: the matrix holds numbers that are not finite.');
      sweepUp(d, e, l, m, rows);
    }
  }
}

/** One implicit QL sweep on the unreduced block l..m. */
function sweepUp(d: Float64Array, e: Float64Array, l: number, m: number, rows: Float64Array): void {
  const ratio = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  const root = Math.sqrt(ratio * ratio + 1);
  let g = d[m]! - d[l]! + e[l]! / (ratio + (ratio >= 0 ? root : -root));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!;
    const b = c * e[i]!;
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    const t = (d[i]! - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    rotateRows(rows, d.length, i + 1, i, c, s);
  }
  d[l]! -= p;
  e[l] = g;
  e[m] = 0;
}

/** (x, y) of rows p and q -> (c x + s y, c y - s x) */
export function rotateRows(rows: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  const atP = p * n;
  const atQ = q * n;
  for (let k = 0; k < n; k++) {
    const x = rows[atP + k]!;
    const y = rows[atQ + k]!;
    rows[atP + k] = c * x + s * y;
    rows[atQ + k] = c * y - s * x;
  }
}
