import {
  activationDistance,
  activationSpace,
  countTokens,
  tokenRarity,
  type ActivationSpace,
} from '../../core/fit/trust.ts';
import { GramAccumulator } from '../../core/linalg/gram.ts';
import type { AddProduct } from '../../core/linalg/product.ts';
import type { TokenIds } from '../../core/token-ids.ts';
import { quantile } from '../../core/stats/quantile.ts';
import type { Tokens } from '../model/encode-prompts.ts';
import type { FitParts } from './fit-prompts.ts';
import type { TrustMeasure } from './trust-file.ts';

/** Axes that are told apart: as many as catch numbers and code on the demo; few enough to be saved with a run. */
const axes = 64;
/** So many of the choose split's prompts are called unlike the fit's, by each measure. */
const unlike = 0.01;

/**
 * Where the fit's prompts lie, and how far from them the choose split's are.
 * @param without w of each fit without a fold, for each steered layer
 * @param read an activation, [d], at the k-th steered layer
 */
export async function measureTrust(
  d: number,
  { fit, choose }: FitParts,
  without: readonly (readonly Float64Array[])[],
  read: (row: Tokens, k: number) => Promise<Float32Array>,
  addProduct: AddProduct,
): Promise<TrustMeasure> {
  const spaces: ActivationSpace[] = [];
  const limits: number[] = [];
  for (const k of without.keys()) {
    const gram = new GramAccumulator(d, addProduct);
    for (const row of fit) await gram.add(await read(row, k));
    const space = await activationSpace(await gram.gram(), Math.min(axes, d - 1, fit.length - 1), addProduct);
    const distances: number[] = [];
    for (const row of choose) distances.push(activationDistance(await read(row, k), space));
    spaces.push(space);
    limits.push(quantile(distances, 1 - unlike));
  }
  const tokens = countTokens(eachIds(fit));
  limits.push(
    quantile(
      Array.from(choose, ({ ids }) => tokenRarity(ids, tokens)),
      1 - unlike,
    ),
  );
  return { without: without.map((ws) => ws.map((w) => Float32Array.from(w))), spaces, tokens, limits };
}

function* eachIds(prompts: Iterable<Tokens>): Generator<TokenIds> {
  for (const { ids } of prompts) yield ids;
}
