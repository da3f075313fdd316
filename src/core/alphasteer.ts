/**
 * AlphaSteer (arXiv 2506.07022), from activations to a steering vector, one layer at a time, all sums in f64.
 *
 *     r  = mean(h of malicious prompts the model refused) - mean(h of those it answered)     [d]
 *     Q  = the int(d * ratio) eigenvectors of H_bᵀH_b with the smallest eigenvalues           [d, k]
 *     w  = Q (Qᵀ H_mᵀH_m Q + ridge I)⁻¹ Qᵀ H_mᵀ 1                                             [d]
 *     h' = h + strength * (h · w) * r
 *
 * h is the input of a block at the last prompt token; the rows of H_b are benign, those of H_m malicious prompts. A
 * positive strength means more refusal.
 *
 * Three deviations from the paper, each off where asked for: benign prompts and what tells kinds of jailbreaks apart can
 * be held near a score of 0 by penalties in the regression (`Penalties`) as well as by the null space; rows can carry weights; and a
 * prompt whose score is not above a threshold (`scoreThresholds`) can be left exactly as it was.
 *
 * The order of a fit: `GramAccumulator` over H_b and over H_m; `benignSpectrum` once a layer (the one slow step);
 * `intoSpectrum` once a layer; then any number of ratios and ridges with `nullSpaceCut` and `steeringVector`, cheap
 * because a cut of the same spectrum is a leading block of the same matrix.
 */
import { cholesky, solveCholesky } from './linalg/cholesky.ts';
import type { Gram } from './linalg/gram.ts';
import { addProductTransposed, type AddProduct } from './linalg/product.ts';
import type { RowSums } from './linalg/row-sums.ts';
import { symmetricEigen } from './linalg/symmetric-eigen.ts';
import { HumanError, type Problem } from './problem.ts';

/** An absolute number (the paper: 10), or a multiple of the mean eigenvalue tr(QᵀH_mᵀH_mQ) / k, which follows the activations' scale. */
export type Ridge = number | { readonly relative: number };

/** Below this many prompts on a side, one odd prompt can turn the refusal direction. */
const fewPrompts = 20;

// --- r ---

/**
 * The refusal direction r, [d]: the target of the regression, the same for every malicious prompt.
 *
 * @throws {HumanError} when the model refused all of the malicious prompts, or none
 */
export function refusalDirection(refused: RowSums, answered: RowSums): Float64Array {
  if (refused.rows === 0) {
    throw new HumanError({
      message: `The model refused none of the ${answered.rows} malicious prompts, so there is no refusal to learn from.`,
      fix: 'Add harmful prompts that it does refuse (plain, unwrapped requests), or use a model trained to refuse.',
    });
  }
  if (answered.rows === 0) {
    throw new HumanError({
      message: `The model answered none of the ${refused.rows} malicious prompts, so refusal can't be told from malice.`,
      fix: 'Add malicious prompts that it does answer, such as jailbreaks.',
    });
  }
  return meanDifference(refused, answered);
}

/** What to tell of a refusal direction that rests on few prompts; that there are none is `refusalDirection`'s to say. */
export function refusalProblems(refused: Pick<RowSums, 'rows'>, answered: Pick<RowSums, 'rows'>): Problem[] {
  const sides = [
    { rows: refused.rows, name: 'refused', add: 'plain harmful requests' },
    { rows: answered.rows, name: 'answered', add: 'jailbreaks that work' },
  ];
  return sides
    .filter(({ rows }) => rows > 0 && rows < fewPrompts)
    .map(({ rows, name, add }) => ({
      severity: 'warning',
      message: `The refusal direction rests on ${rows} malicious prompts that the model ${name}; fewer than ${fewPrompts} make it noisy.`,
      fix: `Add more ${add}.`,
    }));
}

/** mean(a) - mean(b), [d]. Between harmful and jailbreak prompts it is what r must not be. */
export function meanDifference(a: RowSums, b: RowSums): Float64Array {
  return a.sums.map((sum, i) => sum / a.rows - b.sums[i]! / b.rows);
}

// --- Q ---

/** The directions of a layer in the order of how much benign prompts use them, the least first. */
export interface BenignSpectrum {
  readonly d: number;
  /** N_b */
  readonly rows: number;
  /** Eigenvalues of H_bᵀH_b, ascending, [d]; below `noise` they say nothing, not even their sign */
  readonly values: Float64Array;
  /** [d, d] row-major; row i belongs to `values[i]`. Q is the first k rows, transposed */
  readonly vectors: Float64Array;
  /** Error of an eigenvalue: d ε λ_max. Values no further apart are tied: their eigenvectors are any basis of a common space. */
  readonly noise: number;
}

/** The one slow step, O(d³). */
export async function benignSpectrum(benign: Gram, addProduct: AddProduct): Promise<BenignSpectrum> {
  const { values, vectors } = await symmetricEigen(benign.products, benign.d, addProduct);
  return { d: benign.d, rows: benign.rows, values, vectors, noise: benign.d * Number.EPSILON * values.at(-1)! };
}

/** What to tell of a null space that rests on fewer prompts than it has directions. */
export function benignProblems({ rows, d }: Pick<Gram, 'rows' | 'd'>): Problem[] {
  if (rows >= d) return [];
  return [
    {
      severity: 'warning',
      message: `The null space rests on ${rows} benign prompts, fewer than the model's ${d} dimensions: directions that no prompt happened to use count as unused.`,
      fix: `Add benign prompts, ${d} or more in all, and look at the leakage on prompts that were not fitted on.`,
    },
  ];
}

/** Where a spectrum is cut: `values[0 .. k-1]` are the null space. */
export interface NullSpaceCut {
  readonly k: number;
  /** int(d * ratio), the cut that was asked for. */
  readonly requested: number;
  /** Whether k is another cut than that, because it would have split tied eigenvalues. */
  readonly moved: boolean;
}

/**
 * The cut at int(d * ratio) eigenvectors, moved down to the next gap when it falls inside a cluster of tied eigenvalues,
 * of which solvers give any basis: a part of it is no property of the activations. When the cluster reaches down to the
 * smallest eigenvalue (N_b < d: all that no prompt used is 0) the cut moves up instead and takes the whole of it.
 *
 * @param ratio above 0, at most 1
 */
export function nullSpaceCut(
  { d, values, noise }: Pick<BenignSpectrum, 'd' | 'values' | 'noise'>,
  ratio: number,
): NullSpaceCut {
  if (!(ratio > 0 && ratio <= 1)) throw new RangeError(`A null space ratio of ${ratio} is not above 0 and at most 1.`);
  const requested = Math.max(1, Math.floor(d * ratio));
  const isGap = (k: number): boolean => k === d || values[k]! - values[k - 1]! > noise;
  let k = requested;
  while (k > 0 && !isGap(k)) k--;
  if (k === 0) {
    k = requested;
    while (!isGap(k)) k++;
  }
  return { k, requested, moved: k !== requested };
}

/** Part of the benign prompts' Σ‖h‖² that lies inside the first k directions, 0 to 1: 0 is a null space in the strict sense. */
export function benignVarianceInside({ values }: Pick<BenignSpectrum, 'values'>, k: number): number {
  const sum = (part: Float64Array): number => part.reduce((total, value) => total + Math.max(0, value), 0);
  const all = sum(values);
  return all === 0 ? 0 : sum(values.subarray(0, k)) / all;
}

/** Eigenvalues of H_bᵀH_b / N_b with their index, ascending, at most `count` of them, evenly taken, first and last among them. */
export function sampleSpectrum(
  { values, rows }: Pick<BenignSpectrum, 'values' | 'rows'>,
  count: number,
): [index: number, eigenvalue: number][] {
  const last = values.length - 1;
  const points = Math.min(count, values.length);
  return Array.from({ length: points }, (_, i) => {
    const index = points === 1 ? last : Math.round((i * last) / (points - 1));
    return [index, values[index]! / rows];
  });
}

// --- w ---

/** Everything the regression needs, in the coordinates of the directions that w may lie in. */
export interface Regression {
  readonly d: number;
  /** [k, d] row-major, k of them and more; null for the whole space in its own coordinates. */
  readonly directions: Float64Array | null;
  /** The most directions a cut may keep. */
  readonly k: number;
  /** QᵀH_mᵀH_mQ, [k, k] */
  readonly malicious: Float64Array;
  /** QᵀH_bᵀH_bQ: [k, k], or its diagonal [k] where the directions are benign eigenvectors. */
  readonly benign: Float64Array;
  /** QᵀH_mᵀ1, [k] */
  readonly sums: Float64Array;
}

/**
 * The malicious Gram matrix turned into the benign eigenbasis, once for every ratio up to the largest.
 *
 * @param k the most directions any cut will keep; fewer cost less: 2 d² k + d k² operations
 */
export async function intoSpectrum(
  { d, vectors, values }: BenignSpectrum,
  malicious: Gram,
  addProduct: AddProduct,
  k = d,
): Promise<Regression> {
  const directions = vectors.subarray(0, k * d);
  const turned = new Float64Array(k * d);
  await addProduct(directions, malicious.products, turned, { m: k, n: d, depth: d });
  const products = new Float64Array(k * k);
  await addProduct(turned, directions, products, { m: k, n: k, depth: d });
  const sums = new Float64Array(k);
  addProductTransposed(directions, malicious.sums, sums, { m: k, n: 1, depth: d });
  return { d, directions, k, malicious: products, benign: values.subarray(0, k), sums };
}

/** The same for a ratio of 1, which needs no eigenvectors: w is the same in any basis of the whole space. */
export function inWholeSpace(benign: Gram, malicious: Gram): Regression {
  const { d, products, sums } = malicious;
  return { d, directions: null, k: d, malicious: products, benign: benign.products, sums };
}

/** What the regression is told to keep near a score of 0, beside what the null space does: 0 and none in the paper. */
export interface Penalties {
  /** Added to the squared error: so many times the squared scores of the benign prompts. */
  readonly benign: number;
  /** The same of these directions, [d] each, from `kindContrasts`. */
  readonly contrasts: readonly Float64Array[];
}

const noPenalties: Penalties = { benign: 0, contrasts: [] };

/**
 * What tells kinds of jailbreaks apart: each kind's mean less the mean of those means, [d], times √(penalty · prompts a kind).
 * A score that doesn't move along them tells malice by what the kinds share, and so does better on the next kind.
 */
export function kindContrasts(kinds: readonly RowSums[], penalty: number): Float64Array[] {
  const some = kinds.filter(({ rows }) => rows > 0);
  if (some.length < 2 || penalty === 0) return [];
  const means = some.map(({ rows, sums }) => sums.map((sum) => sum / rows));
  const scale = Math.sqrt((penalty * some.reduce((all, { rows }) => all + rows, 0)) / some.length);
  return means.map((mean) =>
    mean.map((x, i) => scale * (x - means.reduce((sum, other) => sum + other[i]!, 0) / means.length)),
  );
}

/**
 * w, [d]: the ridge regression of 1 on the malicious activations, inside the null space. Every row of the paper's target
 * is the same r, so its matrix M = P Δ, which the authors' files hold, is w rᵀ: h' = h + strength * h_last M.
 *
 * @param k directions kept, from `nullSpaceCut`
 * @throws {HumanError} when there is no unique answer: the ridge is 0 and the malicious prompts don't span the null space
 */
export async function steeringVector(
  { d, directions, k: most, malicious, benign, sums }: Regression,
  k: number,
  ridge: Ridge,
  addProduct: AddProduct,
  penalties = noPenalties,
): Promise<Float64Array> {
  if (k > most) throw new RangeError(`A cut at ${k} directions, but only ${most} were turned into the spectrum.`);
  const a = new Float64Array(k * k);
  let trace = 0;
  for (let i = 0; i < k; i++) {
    a.set(malicious.subarray(i * most, i * most + k), i * k);
    trace += a[i * k + i]!;
  }
  const added = typeof ridge === 'number' ? ridge : (ridge.relative * trace) / k;
  for (let i = 0; i < k; i++) a[i * k + i]! += added;
  if (penalties.benign > 0) {
    if (directions === null) for (let i = 0; i < k * k; i++) a[i]! += penalties.benign * benign[i]!;
    else for (let i = 0; i < k; i++) a[i * k + i]! += penalties.benign * Math.max(0, benign[i]!);
  }
  for (const contrast of penalties.contrasts) {
    const along = directions === null ? contrast : new Float64Array(k);
    if (directions !== null) addProductTransposed(directions, contrast, along, { m: k, n: 1, depth: d });
    for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) a[i * k + j]! += along[i]! * along[j]!;
  }
  const factor = await cholesky(a, k, addProduct);
  if (factor === null) {
    throw new HumanError({
      message: `The regression onto ${k} null-space directions has no unique solution with a ridge of ${added}.`,
      fix: 'Use a larger ridge (the paper: 10), or more malicious prompts.',
    });
  }
  const inside = solveCholesky(factor, sums.subarray(0, k));
  if (directions === null) return inside;
  const w = new Float64Array(d);
  for (let i = 0; i < k; i++) for (let j = 0; j < d; j++) w[j]! += inside[i]! * directions[i * d + j]!;
  return w;
}

// --- What it does to a prompt: s = h · w, by `dot` ---

/**
 * ‖h' - h‖ = |strength * s| ‖r‖, and 0 where the score is not above the threshold.
 *
 * @param threshold -Infinity: none
 */
export function steeringNorm(score: number, strength: number, refusalNorm: number, threshold: number): number {
  return score > threshold ? Math.abs(strength * score) * refusalNorm : 0;
}

/** Mean |s| over benign prompts that were not fitted on: 0 when the steering leaves them alone. */
export function leakage(benignScores: readonly number[]): number {
  return benignScores.reduce((sum, s) => sum + Math.abs(s), 0) / benignScores.length;
}

/** Scores of benign prompts of one label at each steered layer, and how many of these prompts may be steered. */
export interface BenignScores {
  /** [layers][prompts], prompts that were not fitted on */
  readonly scores: readonly (readonly number[])[];
  /** 0 to 1 */
  readonly share: number;
}

/**
 * The thresholds, one a layer, that steer as many prompts as the benign ones allow: of each label no more than its share
 * is above the threshold of any layer. The same part of the share is spent at every layer; prompts at or below all
 * thresholds are left as they were, so no more than the share can come to be refused.
 */
export function scoreThresholds(benign: readonly BenignScores[], layers: number): number[] {
  const steps = 40;
  const ascending = benign.map(({ scores }) => scores.map((values) => Float64Array.from(values).sort()));
  for (let step = steps; ; step--) {
    const thresholds = Array.from({ length: layers }, (_, layer) =>
      Math.max(-Infinity, ...benign.map(({ share }, i) => exceededBy(ascending[i]![layer]!, (share * step) / steps))),
    );
    const kept = benign.every(({ scores, share }) => partAbove(scores, thresholds) <= share);
    if (kept || step === 0) return thresholds;
  }
}

/** Part of the prompts whose score is above the threshold at one layer or more; 0 of none. */
export function partAbove(scores: readonly (readonly number[])[], thresholds: readonly number[]): number {
  const prompts = scores[0]?.length ?? 0;
  let above = 0;
  for (let i = 0; i < prompts; i++) if (scores.some((layer, l) => layer[i]! > thresholds[l]!)) above++;
  return prompts === 0 ? 0 : above / prompts;
}

/** The smallest of the values, ascending, that at most `share` of them exceeds; -Infinity of none. */
function exceededBy(ascending: Float64Array, share: number): number {
  return ascending[ascending.length - 1 - Math.floor(share * ascending.length)] ?? -Infinity;
}
