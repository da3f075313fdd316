import { normalQuantile } from './normal-quantile.ts';

/** Right of all, counted. */
export interface Counted {
  readonly right: number;
  readonly n: number;
}

export interface CorrectedRate {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The true rate behind one that a judge with known errors saw (Rogan and Gladen, Am. J. Epidemiol. 107, 1978, 71), with
 * the interval of 95 % of Lang and Reiczigel (Prev. Vet. Med. 113, 2014, 13), which counts that the judge's
 * errors are known from a sample as well. Undefined for a judge no better than chance, and for a rate beyond what a judge
 * with these errors could see: then they are not its errors here.
 *
 * @param rate that was seen, on n replies; n may be an effective number
 * @param sensitivity replies that are so and were seen so, @param specificity replies that aren't and weren't
 */
export function roganGladen(
  rate: number,
  n: number,
  sensitivity: Counted,
  specificity: Counted,
): CorrectedRate | undefined {
  const youden = sensitivity.right / sensitivity.n + specificity.right / specificity.n - 1;
  const se = added(sensitivity);
  const sp = added(specificity);
  const slope = se.rate + sp.rate - 1;
  if (!(youden > 0) || slope <= 0) return undefined;
  const z = normalQuantile[0.975];
  const size = n + z * z;
  const seen = (n * rate + (z * z) / 2) / size;
  const middle = (seen + sp.rate - 1) / slope;
  const shift = 2 * z * z * (middle * se.variance - (1 - middle) * sp.variance);
  const half =
    (z / slope) * Math.sqrt((seen * (1 - seen)) / size + middle ** 2 * se.variance + (1 - middle) ** 2 * sp.variance);
  if (middle + shift - half > 1 || middle + shift + half < 0) return undefined;
  return {
    rate: share((rate + specificity.right / specificity.n - 1) / youden),
    low: share(middle + shift - half),
    high: share(middle + shift + half),
  };
}

/** One right and one wrong answer more. */
function added({ right, n }: Counted): { rate: number; variance: number } {
  const rate = (right + 1) / (n + 2);
  return { rate, variance: (rate * (1 - rate)) / (n + 2) };
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}
