import { logisticRegression } from '../../../core/controls/logistic-regression.ts';
import { randomVector } from '../../../core/controls/random-vector.ts';
import type { AddProduct } from '../../../core/linalg/product.ts';
import { isMalicious } from '../../../core/prompts/prompt.ts';
import { seededRandom, shuffled } from '../../../core/prompts/split/seeded-random.ts';
import { solveSums } from '../../fit/cross-check.ts';
import { joinParts, sumLayer } from '../../fit/layer-sums.ts';
import type { RegressionOptions } from '../../fit/solve-layer.ts';
import type { SolveScore } from './cross-fit.ts';

/** AlphaSteer's own regression. */
export function byRegression(ratio: number, options: RegressionOptions, addProduct: AddProduct): SolveScore {
  return async (rows) => {
    const read = rows.map(({ label, template, h }) => ({
      label,
      template,
      verdict: undefined,
      fold: undefined,
      goalPart: undefined,
      read: () => Promise.resolve(h),
    }));
    const { parts } = await sumLayer(
      rows[0]!.h.length,
      read,
      { folds: 0, goals: 0 },
      options.balanceLabels,
      addProduct,
    );
    return solveSums(joinParts(parts), ratio, options, addProduct);
  };
}

/** A logistic regression, its penalty as strong as the default ridge: one mean eigenvalue. */
export function byLogisticRegression(addProduct: AddProduct): SolveScore {
  return (rows) =>
    logisticRegression(
      rows.map(({ h, label }) => ({ h, positive: isMalicious(label) })),
      1,
      addProduct,
    );
}

/** The same, after labels and wrappers were dealt to other prompts. */
export function onShuffledLabels(solve: SolveScore, seed: number): SolveScore {
  return (rows) => {
    const dealt = shuffled(rows, seededRandom(seed));
    return solve(rows.map((row, i) => ({ ...row, label: dealt[i]!.label, template: dealt[i]!.template })));
  };
}

/** No fit: a direction at random, of the length given. */
export function atRandom(length: number, seed: number): SolveScore {
  return (rows) => Promise.resolve(randomVector(rows[0]!.h.length, length, seededRandom(seed)));
}
