import { afterAll, expect, test } from 'vitest';
import * as alphasteer from '../../../src/core/alphasteer.ts';
import { GramAccumulator } from '../../../src/core/linalg/gram.ts';
import { cosine, norm } from '../../../src/core/linalg/inner-product.ts';
import { ProductSession } from '../../../src/worker/session/product-session.ts';
import { outer } from '../../unit/core/linalg/dense.ts';
import { sumRows } from '../../unit/core/linalg/sum-rows.ts';
import { Figures } from './figures.ts';
import { readTensors } from './pytorch-numbers.ts';

/** Layer 14 of the quickstart's model on every tenth fit prompt, every sixth coordinate: PyTorch fitted on these very numbers. */
const { tensors, metadata } = readTensors('small-fit');
const d = 96;
const [benign, malicious] = [rowsOf('benign'), rowsOf('malicious')];
const isRefused = [...(tensors['refused']!.data as BigInt64Array)].map((x) => x === 1n);
const refused = malicious.filter((_, i) => isRefused[i]);
const answered = malicious.filter((_, i) => !isRefused[i]);
const torch = (name: string): Float64Array => tensors[name]!.data as Float64Array;

const r = alphasteer.refusalDirection(sumRows(refused, d), sumRows(answered, d));
const { addProduct } = await ProductSession.open(undefined);
const spectrum = await alphasteer.benignSpectrum(await gramOf(benign), addProduct);
const cut = alphasteer.nullSpaceCut(spectrum, Number(metadata['ratio']));
const w = await alphasteer.steeringVector(
  await alphasteer.intoSpectrum(spectrum, await gramOf(malicious), addProduct),
  cut.k,
  Number(metadata['ridge']),
  addProduct,
);
const figures = new Figures();
afterAll(() => figures.print());

test('r is the same in every bit', () => {
  figures.add('fit: r, coordinates with other bits', String(r.filter((x, i) => !Object.is(x, torch('r')[i])).length));
  expect(r).toEqual(torch('r'));
});

test('w points the same way, its cut being in a gap of the spectrum', () => {
  const [before, after] = [spectrum.values[cut.k - 1]!, spectrum.values[cut.k]!];
  figures.add(
    'fit: gap at the cut',
    `${((100 * (after - before)) / before).toFixed(2)} % (${before.toFixed(3)} | ${after.toFixed(3)})`,
  );
  figures.add('fit: spectrum, largest over smallest', (spectrum.values.at(-1)! / spectrum.values[0]!).toExponential(1));
  figures.add('fit: w, 1 - cosine', (1 - cosine(w, torch('w'))).toExponential(1));
  figures.add('fit: w, relative error', relative(w, torch('w')).toExponential(1));
  expect(cut).toEqual({ k: d / 2, requested: d / 2, moved: false });
  expect(cosine(w, torch('w'))).toBeGreaterThan(0.99999);
});

test("M = w rᵀ is PyTorch's d x d ridge regression", () => {
  const error = relative(outer(w, r), torch('M'));
  figures.add('fit: M, relative error (Frobenius)', error.toExponential(1));
  expect(error).toBeLessThan(1e-8);
});

function rowsOf(name: string): Float32Array[] {
  const { data, shape } = tensors[name]!;
  return Array.from({ length: shape[0]! }, (_, i) => (data as Float32Array).subarray(i * d, (i + 1) * d));
}

async function gramOf(rows: readonly Float32Array[]): ReturnType<GramAccumulator['gram']> {
  const accumulator = new GramAccumulator(d, addProduct);
  for (const row of rows) await accumulator.add(row);
  return accumulator.gram();
}

function relative(a: Float64Array, b: Float64Array): number {
  return norm(a.map((x, i) => x - b[i]!)) / norm(b);
}
