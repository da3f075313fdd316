/**
 * Eigenvalues of a symmetric tridiagonal matrix by the implicit QL method (Wilkinson's shift; EISPACK's imtql2), its
 * rotations applied to the rows of `rows`: where these hold Qᵀ of A = Q T Qᵀ, they end up as the eigenvectors of A.
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
  const rotations = new RotationQueue(rows, n);
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
      sweepUp(d, e, l, m, rotations);
    }
  }
  rotations.flush();
}

/** One implicit QL sweep on the unreduced block l..m. */
function sweepUp(d: Float64Array, e: Float64Array, l: number, m: number, rotations: RotationQueue): void {
  const ratio = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  const root = Math.sqrt(ratio * ratio + 1);
  let g = d[m]! - d[l]! + e[l]! / (ratio + (ratio >= 0 ? root : -root));
  let s = 1;
  let c = 1;
  let p = 0;
  rotations.begin(m);
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
    rotations.push(c, s);
  }
  d[l]! -= p;
  e[l] = g;
  e[m] = 0;
}

/**
 * Rotations kept until there are enough to pass over the rows strip by strip, a strip being as many columns as stay in
 * cache: one sweep at a time would stream the whole matrix through memory for every eigenvalue.
 */
class RotationQueue {
  readonly #rows: Float64Array;
  readonly #n: number;
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  /** Of each sweep: its lowest row m, and where its rotations end. */
  #starts: number[] = [];
  #ends: number[] = [];
  #size = 0;

  constructor(rows: Float64Array, n: number) {
    this.#rows = rows;
    this.#n = n;
    this.#cosines = new Float64Array(64 * n);
    this.#sines = new Float64Array(64 * n);
  }

  /** The rotations that follow act on rows (m - 1, m), (m - 2, m - 1), ... */
  begin(m: number): void {
    if (this.#size + m > this.#cosines.length) this.flush();
    this.#starts.push(m);
    this.#ends.push(this.#size);
  }

  push(c: number, s: number): void {
    this.#cosines[this.#size] = c;
    this.#sines[this.#size] = s;
    this.#size++;
    this.#ends[this.#ends.length - 1] = this.#size;
  }

  flush(): void {
    const width = Math.max(16, Math.floor(49_152 / this.#n) & ~7);
    for (let from = 0; from < this.#n; from += width) {
      const to = Math.min(this.#n, from + width);
      let start = 0;
      this.#starts.forEach((m, sweep) => {
        const end = this.#ends[sweep]!;
        rotateRows(this.#rows, this.#n, this.#cosines, this.#sines, m, start, end, from, to);
        start = end;
      });
    }
    this.#starts = [];
    this.#ends = [];
    this.#size = 0;
  }
}

/** One sweep's rotations on columns from..to-1; two rotations at once read and write three rows instead of four. */
function rotateRows(
  z: Float64Array,
  n: number,
  cosines: Float64Array,
  sines: Float64Array,
  m: number,
  start: number,
  end: number,
  from: number,
  to: number,
): void {
  let row = m;
  let at = start;
  for (; at + 2 <= end; at += 2, row -= 2) {
    const c0 = cosines[at]!;
    const s0 = sines[at]!;
    const c1 = cosines[at + 1]!;
    const s1 = sines[at + 1]!;
    const low = row * n;
    const middle = low - n;
    const high = middle - n;
    for (let k = from; k < to; k++) {
      const x = z[low + k]!;
      const y = z[middle + k]!;
      const u = z[high + k]!;
      const between = c0 * y - s0 * x;
      z[low + k] = s0 * y + c0 * x;
      z[middle + k] = s1 * u + c1 * between;
      z[high + k] = c1 * u - s1 * between;
    }
  }
  if (at < end) {
    const c = cosines[at]!;
    const s = sines[at]!;
    const low = row * n;
    const high = low - n;
    for (let k = from; k < to; k++) {
      const x = z[low + k]!;
      const y = z[high + k]!;
      z[low + k] = s * y + c * x;
      z[high + k] = c * y - s * x;
    }
  }
}
