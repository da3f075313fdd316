import { cholesky, solveCholesky } from '../linalg/cholesky.ts';
import { GramAccumulator } from '../linalg/gram.ts';
import { dot, norm } from '../linalg/inner-product.ts';
import type { AddProduct } from '../linalg/product.ts';

/** Steps of Newton's method; from 0 and with a penalty it takes about eight. */
const mostSteps = 30;

/**
 * w, [d], of the logistic regression P(positive) = σ(h · w + b) with the penalty ‖w‖² / (2 C), by Newton's method. The
 * intercept b is not penalised, and not returned: a threshold on h · w is asked for elsewhere.
 *
 * @param penalty 1 / C as a multiple of the mean variance of an activation's coordinate times the rows / 4, the most that the
 * likelihood curves: free of the activations' scale
 * @throws {RangeError} when it does not settle
 */
export async function logisticRegression(
  rows: readonly { readonly h: Float32Array; readonly positive: boolean }[],
  penalty: number,
  addProduct: AddProduct,
): Promise<Float64Array> {
  const d = rows[0]!.h.length;
  const ridge = (penalty * variance(rows, d) * rows.length) / 4;
  // The last coordinate is the intercept, whose row is 1.
  let beta: Float64Array = new Float64Array(d + 1);
  const extended = rows.map(({ h }) => {
    const x = new Float64Array(d + 1);
    x.set(h);
    x[d] = 1;
    return x;
  });
  for (let step = 0; step < mostSteps; step++) {
    const gradient = beta.map((b, i) => (i < d ? -ridge * b : 0));
    const curvature = new GramAccumulator(d + 1, addProduct);
    for (const [i, { positive }] of rows.entries()) {
      const x = extended[i]!;
      const p = 1 / (1 + Math.exp(-dot(x, beta)));
      for (let j = 0; j <= d; j++) gradient[j]! += ((positive ? 1 : 0) - p) * x[j]!;
      await curvature.add(x, p * (1 - p));
    }
    const { products: hessian } = await curvature.gram();
    for (let i = 0; i < d; i++) hessian[i * (d + 2)]! += ridge;
    const factor = await cholesky(hessian, d + 1, addProduct);
    if (factor === null) break;
    const change = solveCholesky(factor, gradient);
    beta = beta.map((b, i) => b + change[i]!);
    if (norm(change) <= 1e-8 * norm(beta)) return beta.subarray(0, d);
  }
  throw new RangeError('The logistic regression does not settle.');
}

/** Mean over the coordinates of their variance over the rows. */
function variance(rows: readonly { readonly h: Float32Array }[], d: number): number {
  let total = 0;
  for (let j = 0; j < d; j++) {
    const mean = rows.reduce((sum, { h }) => sum + h[j]!, 0) / rows.length;
    total += rows.reduce((sum, { h }) => sum + (h[j]! - mean) ** 2, 0) / rows.length;
  }
  return total / d;
}
