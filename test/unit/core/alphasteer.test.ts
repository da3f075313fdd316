import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as alphasteer from '../../../src/core/alphasteer.ts';
import { GramAccumulator, type Gram } from '../../../src/core/linalg/gram.ts';
import { cosine, dot, norm } from '../../../src/core/linalg/inner-product.ts';
import { symmetricEigen } from '../../../src/core/linalg/symmetric-eigen.ts';
import { readSafetensors } from '../../../src/core/formats/safetensors.ts';
import { addProduct } from './linalg/add-product.ts';
import { multiply, outer, relativeError, transpose } from './linalg/dense.ts';
import { sumRows } from './linalg/sum-rows.ts';

/** PyTorch's numbers: test/fixtures/method/make.py */
const fixture = readSafetensors(
  Uint8Array.from(readFileSync(new URL('../../fixtures/method/method.safetensors', import.meta.url))),
  'method.safetensors',
);
const d = Number(fixture.metadata['d']);
const ratio = Number(fixture.metadata['ratio']);
const ridge = Number(fixture.metadata['ridge']);
const torch = Object.fromEntries(
  ['r', 'projector', 'M', 'values'].map((name) => [
    name,
    Float64Array.from(fixture.tensors[name]!.data as Float64Array),
  ]),
) as Record<'r' | 'projector' | 'M' | 'values', Float64Array>;
const benign = rowsOf(fixture.tensors['benign']!.data as Float32Array, d);
const malicious = rowsOf(fixture.tensors['malicious']!.data as Float32Array, d);
const isRefused = Array.from(fixture.tensors['refused']!.data as BigInt64Array, (x) => x === 1n);
const refused = sumRows(
  malicious.filter((_, i) => isRefused[i]),
  d,
);
const answered = sumRows(
  malicious.filter((_, i) => !isRefused[i]),
  d,
);

const r = alphasteer.refusalDirection(refused, answered);
const spectrum = await alphasteer.benignSpectrum(await gramOf(benign), addProduct);
const inSpectrum = await alphasteer.intoSpectrum(spectrum, await gramOf(malicious), addProduct);
const { k } = alphasteer.nullSpaceCut(spectrum, ratio);
const w = await alphasteer.steeringVector(inSpectrum, k, ridge, addProduct);
const Q = transpose(spectrum.vectors.slice(0, k * d), k, d);
const P = multiply(Q, transpose(Q, d, k), d, k, d);

describe('against the PyTorch reference', () => {
  test('r is the same to f64 rounding', () => {
    expect(relativeError(r, torch.r)).toBeLessThan(1e-14);
  });

  test('the eigenvalues are the same to rounding of the largest', () => {
    const largest = spectrum.values.at(-1)!;
    spectrum.values.forEach((value, i) => expect(Math.abs(value - torch.values[i]!) / largest).toBeLessThan(1e-14));
  });

  test('Q spans the same null space', () => {
    expect(k).toBe(d * ratio);
    expect(relativeError(P, torch.projector)).toBeLessThan(1e-9);
  });

  test('M = w rᵀ is the same, though it comes by another route', () => {
    expect(relativeError(outer(w, r), torch.M)).toBeLessThan(1e-8);
  });

  test('w is the same', () => {
    const rr = dot(torch.r, torch.r);
    const torchW = multiply(torch.M, torch.r, d, d, 1).map((x) => x / rr);
    expect(cosine(w, torchW)).toBeGreaterThan(1 - 1e-14);
    expect(relativeError(w, torchW)).toBeLessThan(1e-8);
  });
});

describe('the method', () => {
  test('P is a projector: P P = P, P = Pᵀ', () => {
    expect(relativeError(multiply(P, P, d, d, d), P)).toBeLessThan(1e-13);
    expect(relativeError(transpose(P, d, d), P)).toBeLessThan(1e-15);
  });

  test('‖H_b P‖² is the sum of the eigenvalues kept', () => {
    const kept = spectrum.values.subarray(0, k).reduce((sum, value) => sum + value, 0);
    const projected = multiply(flat(benign), P, benign.length, d, d);
    expect(Math.abs(dot(projected, projected) - kept) / spectrum.values.at(-1)!).toBeLessThan(1e-13);
    expect(alphasteer.benignVarianceInside(spectrum, k)).toBeCloseTo(
      kept / spectrum.values.reduce((a, b) => a + b),
      12,
    );
  });

  test('w rᵀ is the d x d ridge regression of the paper, from the same Q', async () => {
    const X = multiply(flat(malicious), P, malicious.length, d, d);
    const XtX = multiply(transpose(X, malicious.length, d), X, d, malicious.length, d);
    const regularised = XtX.map((value, i) => value + ridge * P[i]!);
    const targets = Float64Array.from({ length: malicious.length * d }, (_, i) => r[i % d]!);
    const XtR = multiply(transpose(X, malicious.length, d), targets, d, malicious.length, d);
    const delta = multiply(await pseudoInverse(regularised, d), XtR, d, d, d);
    expect(relativeError(outer(w, r), multiply(P, delta, d, d, d))).toBeLessThan(1e-8);
  });

  test('malicious prompts score higher than benign ones, which score about 0', () => {
    const mean = (rows: readonly Float32Array[]): number => rows.reduce((sum, h) => sum + dot(h, w), 0) / rows.length;
    expect(mean(malicious)).toBeGreaterThan(0.5);
    expect(alphasteer.leakage(benign.map((h) => dot(h, w)))).toBeLessThan(0.1);
  });

  test.each([0.1, 0.3, 0.77, 1])(
    'one spectrum turned once gives the w of a fit of its own at ratio %f',
    async (other) => {
      const cut = alphasteer.nullSpaceCut(spectrum, other).k;
      const alone = await alphasteer.steeringVector(
        await alphasteer.intoSpectrum(spectrum, await gramOf(malicious), addProduct, cut),
        cut,
        ridge,
        addProduct,
      );
      expect(relativeError(await alphasteer.steeringVector(inSpectrum, cut, ridge, addProduct), alone)).toBeLessThan(
        1e-12,
      );
    },
  );

  test('with a relative ridge, activations ten times as large give the same scores', async () => {
    const larger = await alphasteer.intoSpectrum(
      await alphasteer.benignSpectrum(await gramOf(benign.map((h) => h.map((x) => 16 * x))), addProduct),
      await gramOf(malicious.map((h) => h.map((x) => 16 * x))),
      addProduct,
    );
    const scaled = await alphasteer.steeringVector(larger, k, { relative: 0.01 }, addProduct);
    const plain = await alphasteer.steeringVector(inSpectrum, k, { relative: 0.01 }, addProduct);
    malicious.forEach((h) => expect(16 * dot(h, scaled)).toBeCloseTo(dot(h, plain), 9));
  });

  test('the steering norm is how far the stream moves', () => {
    const h = malicious[0]!;
    const score = dot(h, w);
    const moved = Float64Array.from(r, (x) => 0.4 * score * x);
    expect(alphasteer.steeringNorm(score, 0.4, norm(r), -Infinity)).toBeCloseTo(norm(moved), 12);
    expect(alphasteer.steeringNorm(score, 0.4, norm(r), score)).toBe(0);
  });
});

describe('penalties', () => {
  const kinds = [0, 1, 2].map((kind) =>
    sumRows(
      malicious.filter((_, i) => i % 3 === kind),
      d,
    ),
  );
  const penalties = { benign: 0.7, contrasts: alphasteer.kindContrasts(kinds, 5) };

  test('w minimises the squared error with the penalties added: its gradient is 0', async () => {
    const w = await alphasteer.steeringVector(
      alphasteer.inWholeSpace(await gramOf(benign), await gramOf(malicious)),
      d,
      3,
      addProduct,
      penalties,
    );
    const gradient = new Float64Array(d);
    const add = (h: ArrayLike<number>, by: number): void => {
      for (let i = 0; i < d; i++) gradient[i]! += by * h[i]!;
    };
    malicious.forEach((h) => add(h, dot(h, w) - 1));
    benign.forEach((h) => add(h, 0.7 * dot(h, w)));
    penalties.contrasts.forEach((c) => add(c, dot(c, w)));
    add(w, 3);
    expect(norm(gradient)).toBeLessThan(1e-9 * norm((await gramOf(malicious)).sums));
  });

  test('at a ratio of 1 the benign eigenbasis and the whole space give the same w', async () => {
    const basis = await alphasteer.intoSpectrum(spectrum, await gramOf(malicious), addProduct);
    const whole = alphasteer.inWholeSpace(await gramOf(benign), await gramOf(malicious));
    expect(
      relativeError(
        await alphasteer.steeringVector(basis, d, { relative: 1 }, addProduct, penalties),
        await alphasteer.steeringVector(whole, d, { relative: 1 }, addProduct, penalties),
      ),
    ).toBeLessThan(1e-10);
  });

  test('a benign penalty lowers the leakage, and a kind penalty what the score says of kinds', async () => {
    const system = alphasteer.inWholeSpace(await gramOf(benign), await gramOf(malicious));
    const leakageAt = async (penalty: number): Promise<number> => {
      const w = await alphasteer.steeringVector(system, d, 3, addProduct, { benign: penalty, contrasts: [] });
      return alphasteer.leakage(benign.map((h) => dot(h, w)));
    };
    expect(await leakageAt(10)).toBeLessThan(await leakageAt(0));
    const spreadAt = async (penalty: number): Promise<number> => {
      const contrasts = alphasteer.kindContrasts(kinds, penalty);
      const w = await alphasteer.steeringVector(system, d, 3, addProduct, { benign: 0, contrasts });
      const means = kinds.map(({ sums, rows }) => dot(sums, w) / rows);
      return Math.max(...means) - Math.min(...means);
    };
    expect(await spreadAt(1000)).toBeLessThan(0.1 * (await spreadAt(0)));
  });

  test('kind contrasts sum to nothing, and a lone kind has none', () => {
    const sum = norm(
      Array.from({ length: d }, (_, i) => penalties.contrasts.reduce((all, contrast) => all + contrast[i]!, 0)),
    );
    expect(sum).toBeLessThan(1e-9 * norm(penalties.contrasts[0]!));
    expect(alphasteer.kindContrasts(kinds.slice(0, 1), 5)).toEqual([]);
  });
});

describe('thresholds', () => {
  test('no more than the share of any label is above the threshold of any layer, and a little less would be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }), {
          minLength: 1,
          maxLength: 200,
        }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (prompts, share) => {
          const scores = [0, 1].map((layer) => prompts.map((prompt) => prompt[layer]!));
          const thresholds = alphasteer.scoreThresholds([{ scores, share }], 2);
          expect(alphasteer.partAbove(scores, thresholds)).toBeLessThanOrEqual(share);
        },
      ),
    );
  });

  test('one layer: the share is used up as far as prompts allow', () => {
    const scores = Array.from({ length: 100 }, (_, i) => i / 100);
    const [threshold] = alphasteer.scoreThresholds([{ scores: [scores], share: 0.05 }], 1);
    expect(alphasteer.partAbove([scores], [threshold!])).toBe(0.05);
  });

  test('the label with the highest scores decides; without benign prompts every prompt is steered', () => {
    const plain = { scores: [[0, 0.1, 0.2]], share: 0 };
    const borderline = { scores: [[0.4, 0.3]], share: 0 };
    expect(alphasteer.scoreThresholds([plain, borderline], 1)).toEqual([0.4]);
    expect(alphasteer.scoreThresholds([], 2)).toEqual([-Infinity, -Infinity]);
  });
});

describe('where the cut falls', () => {
  const spectrumOf = (values: number[]) => ({ d: values.length, values: Float64Array.from(values), noise: 1e-9 });

  test('a cut in a gap stays', () => {
    expect(alphasteer.nullSpaceCut(spectrumOf([1, 2, 3, 4]), 0.5)).toEqual({ k: 2, requested: 2, moved: false });
  });

  test('a cut inside tied eigenvalues moves down to the gap below', () => {
    expect(alphasteer.nullSpaceCut(spectrumOf([1, 2, 2, 2, 2, 5, 6, 7]), 0.5)).toEqual({
      k: 1,
      requested: 4,
      moved: true,
    });
  });

  test('a tie that reaches down to the smallest eigenvalue is taken whole', () => {
    expect(alphasteer.nullSpaceCut(spectrumOf([0, 0, 1e-12, 0, 0, 5, 6, 7]), 0.5)).toEqual({
      k: 5,
      requested: 4,
      moved: true,
    });
  });

  test('it is the reference’s int(d * ratio) without ties, and never splits a tie', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (numbers, part) => {
          const values = numbers.sort((a, b) => a - b);
          const cut = alphasteer.nullSpaceCut(spectrumOf(values), part);
          expect(cut.k).toBeGreaterThan(0);
          expect(values[cut.k] ?? Infinity).toBeGreaterThan(values[cut.k - 1]!);
          if (new Set(values).size === values.length) expect(cut.k).toBe(Math.max(1, Math.floor(values.length * part)));
        },
      ),
    );
  });

  test('with fewer benign prompts than dimensions, all that none of them uses is the null space', async () => {
    const few = benign.slice(0, 10);
    const thin = await alphasteer.benignSpectrum(await gramOf(few), addProduct);
    const cut = alphasteer.nullSpaceCut(thin, 0.5);
    expect(cut).toEqual({ k: d - 10, requested: d / 2, moved: true });
    const alone = await alphasteer.steeringVector(
      await alphasteer.intoSpectrum(thin, await gramOf(malicious), addProduct),
      cut.k,
      ridge,
      addProduct,
    );
    few.forEach((h) => expect(Math.abs(dot(h, alone))).toBeLessThan(1e-9));
    expect(alphasteer.benignProblems(thin)[0]?.message).toMatch(
      "10 benign prompts, fewer than the model's 48 dimensions",
    );
    expect(alphasteer.benignProblems(spectrum)).toEqual([]);
  });
});

describe('what a person is told', () => {
  const none = sumRows([], d);

  test('no refused prompt, no answered prompt: an error that says what to add', () => {
    expect(() => alphasteer.refusalDirection(none, answered)).toThrow(/refused none of the 80 .* Add harmful prompts/);
    expect(() => alphasteer.refusalDirection(refused, none)).toThrow(
      /answered none of the 40 .* Add malicious prompts/,
    );
  });

  test('a side with few prompts is named', () => {
    expect(alphasteer.refusalProblems(refused, answered)).toEqual([]);
    const few = sumRows(malicious.slice(0, 3), d);
    expect(alphasteer.refusalProblems(refused, few).map(({ message }) => message)).toEqual([
      'The refusal direction rests on 3 malicious prompts that the model answered; fewer than 20 make it noisy.',
    ]);
  });

  test('no ridge and too few malicious prompts: an error, not a vector of noise', async () => {
    const thin = await alphasteer.intoSpectrum(spectrum, await gramOf([new Float32Array(d)]), addProduct);
    await expect(alphasteer.steeringVector(thin, k, 0, addProduct)).rejects.toThrow(
      /no unique solution .* larger ridge/,
    );
  });
});

test('a spectrum is sampled evenly, first and last included', () => {
  const sample = alphasteer.sampleSpectrum(
    { values: Float64Array.from({ length: 576 }, (_, i) => 10 * i), rows: 10 },
    200,
  );
  expect(sample).toHaveLength(200);
  expect([sample[0], sample.at(-1)]).toEqual([
    [0, 0],
    [575, 575],
  ]);
  expect(alphasteer.sampleSpectrum(spectrum, 200)).toHaveLength(d);
});

function rowsOf(data: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: data.length / width }, (_, i) => data.subarray(i * width, (i + 1) * width));
}

function flat(rows: readonly Float32Array[]): Float64Array {
  return Float64Array.from(rows.flatMap((row) => Array.from(row)));
}

async function gramOf(rows: readonly Float32Array[]): Promise<Gram> {
  const accumulator = new GramAccumulator(d, addProduct);
  for (const row of rows) await accumulator.add(row);
  return accumulator.gram();
}

/** torch.linalg.pinv of a symmetric matrix, its tolerance included: n ε λ_max */
async function pseudoInverse(a: Float64Array, n: number): Promise<Float64Array> {
  const { values, vectors } = await symmetricEigen(a, n, addProduct);
  const least = n * Number.EPSILON * values.at(-1)!;
  const scaled = vectors.map((x, i) => {
    const value = values[Math.floor(i / n)]!;
    return Math.abs(value) > least ? x / value : 0;
  });
  return multiply(transpose(vectors, n, n), scaled, n, n, n);
}
