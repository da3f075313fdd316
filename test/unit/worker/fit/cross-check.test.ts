import { expect, test } from 'vitest';
import { dot } from '../../../../src/core/linalg/inner-product.ts';
import { dealFolds } from '../../../../src/core/prompts/split/folds.ts';
import type { Label, Prompt } from '../../../../src/core/prompts/prompt.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { scoreSpread } from '../../../../src/core/fit/trust.ts';
import { mean } from '../../../../src/core/stats/mean.ts';
import { quantile } from '../../../../src/core/stats/quantile.ts';
import { solveSums, withoutEachFold } from '../../../../src/worker/fit/cross-check.ts';
import { joinParts, sumLayer, type LayerSums } from '../../../../src/worker/fit/layer-sums.ts';
import { addProduct } from '../../core/linalg/add-product.ts';

const d = 20;
const folds = 8;
const resamples = 200;
/** As the configuration's defaults. */
const options = { ridge: { relative: 1 }, benignPenalty: 1, templatePenalty: 30, balanceLabels: true };

/** A prompt's activation, [d]. */
interface Planted {
  readonly label: Label;
  /** Kind of jailbreak. */
  readonly kind: number | undefined;
  readonly h: Float32Array;
}

/** Activations around a centre, malicious ones moved along one axis and each kind of jailbreak along its own, under noise that falls off from dimension to dimension. */
function planted(random: () => number, kinds: number): (label: Label, kind?: number) => Planted {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const axis = (length: number): number[] => Array.from({ length: d }, () => length * normal());
  const [centre, malice] = [axis(1), axis(1)];
  const ofKind = Array.from({ length: kinds }, () => axis(0.7));
  return (label, kind) => {
    const moved = [...(label === 'benign' ? [] : [malice]), ...(kind === undefined ? [] : [ofKind[kind]!])];
    const at = (i: number): number =>
      moved.reduce((sum, by) => sum + by[i]!, centre[i]!) + (2 / (1 + i / 4)) * normal();
    return { label, kind, h: Float32Array.from({ length: d }, (_, i) => at(i)) };
  };
}

/** @param foldOf by a row's index; without it no row is in a fold */
function sums(rows: readonly Planted[], foldOf: ReadonlyMap<string, number> = new Map()): Promise<LayerSums> {
  const fitRows = rows.map(({ label, kind, h }, i) => ({
    label,
    verdict: undefined,
    template: kind === undefined ? undefined : `kind ${kind}`,
    fold: foldOf.get(String(i)),
    goalPart: undefined,
    read: () => Promise.resolve(h),
  }));
  return sumLayer(d, fitRows, { folds, goals: 0 }, options.balanceLabels, addProduct);
}

/**
 * Of new prompts: the spread of the score that a run tells, over fits without a fold, and the standard deviation over
 * fits on resamples. Prompts are drawn within their label, jailbreaks as whole kinds: what is alike is drawn together.
 */
async function spreads(seed: number, kinds: number): Promise<{ jackknife: number; fits: number; bootstrap: number }[]> {
  const random = seededRandom(seed);
  const make = planted(random, kinds);
  const times = (n: number, one: (i: number) => Planted): Planted[] => Array.from({ length: n }, (_, i) => one(i));
  const benign = times(240, () => make('benign'));
  const harmful = times(kinds === 0 ? 160 : 40, () => make('harmful'));
  const ofKind = Array.from({ length: kinds }, (_, kind) => times(120 / kinds, () => make('jailbreak', kind)));
  const rows = [...benign, ...harmful, ...ofKind.flat()];
  const prompts = rows.map(({ label, kind }, i): Prompt => {
    const attack = kind === undefined ? {} : { attack: `kind ${kind}` };
    return { id: String(i), text: '', label, ...attack, file: '', line: 1, column: 1 };
  });
  const foldOf = dealFolds(
    prompts,
    folds,
    ({ id }) => id,
    ({ id }) => id,
  );
  const without = await withoutEachFold(await sums(rows, foldOf), 1, options, addProduct);

  const asked = [
    ...times(60, () => make('benign')),
    ...times(60, (i) => (kinds === 0 ? make('harmful') : make('jailbreak', i % kinds))),
  ].map(({ h }) => h);
  const drawn = <T>(from: readonly T[]): T[] => from.map(() => from[Math.floor(random() * from.length)]!);
  const resampled: Float64Array[] = [];
  for (let i = 0; i < resamples; i++) {
    const jailbreaks = drawn(ofKind).flatMap((rows, kind) => rows.map((row) => ({ ...row, kind })));
    const { parts } = await sums([...drawn(benign), ...drawn(harmful), ...jailbreaks]);
    resampled.push(await solveSums(joinParts(parts), 1, options, addProduct));
  }
  return asked.map((h) => ({
    jackknife: scoreSpread(h, without),
    fits: deviation(without.map((w) => dot(h, w))),
    bootstrap: deviation(resampled.map((w) => dot(h, w))),
  }));
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

test.each([1, 2, 3, 4])(
  "of independent prompts the spread is the bootstrap's within a fifth, seed %i",
  async (seed) => {
    const ratios = (await spreads(seed, 0)).map(({ jackknife, bootstrap }) => jackknife / bootstrap);
    expect(Math.abs(quantile(ratios, 0.5) - 1)).toBeLessThan(0.2);
    // Of one prompt, eight fits tell it roughly.
    expect(quantile(ratios, 0.05)).toBeGreaterThan(0.4);
    expect(quantile(ratios, 0.95)).toBeLessThan(1.7);
  },
);

test.each([1, 2, 3, 4])('where jailbreaks come in kinds it errs to the safe side, seed %i', async (seed) => {
  const ratios = (await spreads(seed, 16)).map(({ jackknife, bootstrap }) => jackknife / bootstrap);
  expect(quantile(ratios, 0.5)).toBeGreaterThan(1);
  expect(quantile(ratios, 0.5)).toBeLessThan(2);
});

test('how far the fits without a fold lie apart is no such spread: they share most of their prompts', async () => {
  const ratios = (await spreads(1, 0)).map(({ fits, bootstrap }) => fits / bootstrap);
  expect(quantile(ratios, 0.5)).toBeLessThan(0.5);
});
