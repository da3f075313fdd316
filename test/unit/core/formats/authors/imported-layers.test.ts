import { expect, test } from 'vitest';
import { importedLayers, type ImportChoice } from '../../../../../src/core/formats/authors/imported-layers.ts';
import { readSteeringMatrices } from '../../../../../src/core/formats/authors/read-steering-matrix.ts';
import type { Problem } from '../../../../../src/core/problem.ts';
import { fixture, fixtureJson, source } from './authors-file.ts';

const { matrix, singular } = fixtureJson('expected.json') as {
  matrix: number[][][];
  singular: Record<string, number[]>;
};

async function imported(name: string, choice: ImportChoice = {}) {
  const problems: Problem[] = [];
  const file = await readSteeringMatrices(source(fixture(name)), name);
  return { layers: await importedLayers(file, name, choice, (problem) => problems.push(problem)), problems };
}

test('the layers that are not zero come as w rᵀ with the sign turned', async () => {
  const { layers, problems } = await imported('f64.pt');
  expect(layers.map(({ layer }) => layer)).toEqual([1, 3]);
  expect(problems).toEqual([]);
  for (const { layer, w, r, outside } of layers) {
    expect(outside).toBeLessThan(1e-12);
    expect(Math.hypot(...r)).toBeCloseTo(1, 12);
    matrix[layer]!.forEach((row, i) => row.forEach((value, j) => expect(-w[i]! * r[j]!).toBeCloseTo(value, 12)));
  }
});

test('a layer that is not of rank one is refused with the part left out, as the singular values of PyTorch say', async () => {
  const [first, ...rest] = singular['3']!.map((value) => value ** 2);
  const others = rest.reduce((sum, value) => sum + value, 0);
  await expect(imported('rank-two.pt')).rejects.toThrow(/Layer 3 is not of rank one: w rᵀ leaves out \S+ %/);
  const { layers, problems } = await imported('rank-two.pt', { nearest: true });
  expect(layers[1]!.outside).toBeCloseTo(others / (first! + others), 7);
  expect(problems.map(({ severity }) => severity)).toEqual(['warning']);
});

test('layers can be named; one that is zero or not there is told', async () => {
  expect((await imported('rank-two.pt', { layers: [1] })).layers.map(({ layer }) => layer)).toEqual([1]);
  await expect(imported('f32.pt', { layers: [0] })).rejects.toThrow(/Layer 0 is zero/);
  await expect(imported('f32.pt', { layers: [4] })).rejects.toThrow(/Layer 4 is not in this file: it has 4/);
});

test('numbers that are not finite are refused', async () => {
  const matrices = { layers: 1, d: 2, read: () => Promise.resolve(Float32Array.of(1, NaN, 0, 0)) };
  await expect(importedLayers(matrices, 'x.pt', {}, () => undefined)).rejects.toThrow(/not finite/);
});

test('an f16 file is imported as its f64 one is, up to rounding; what overflowed in it is told', async () => {
  const [half, whole] = await Promise.all([imported('f16.pt'), imported('f64.pt')]);
  expect(half.problems).toEqual([]);
  expect(half.layers.map(({ layer }) => layer)).toEqual([1, 3]);
  half.layers.forEach(({ w, r }, k) => {
    const other = whole.layers[k]!;
    const sign = Math.sign(r.reduce((sum, value, i) => sum + value * other.r[i]!, 0));
    const size = Math.hypot(...other.w);
    w.forEach((value, i) => expect(Math.abs(sign * value - other.w[i]!) / size).toBeLessThan(1e-3));
  });
  await expect(imported('f16-infinite.pt')).rejects.toThrow(/layer 1 holds numbers that are not finite/);
});
