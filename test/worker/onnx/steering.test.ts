import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  bits,
  halfToNumber,
  ModelUnderTest,
  quickstartModel,
  relativeError,
  row,
  run,
  steeringFeeds,
  tinyModels,
  type Outputs,
} from './tiny-model.ts';

const rows = [
  [5, 6, 7, 8, 9, 10, 11, 12],
  [100, 3, 77],
  [42, 150, 9, 9],
];
const models = [
  { name: 'llama-fp32', model: tiny('llama-fp32'), d: 64, layers: [0, 1, 2] },
  { name: 'llama-fp16', model: tiny('llama-fp16'), d: 64, layers: [0, 2] },
  { name: 'llama-int4', model: tiny('llama-int4'), d: 64, layers: [0, 2] },
  { name: 'the quickstart model', model: new ModelUnderTest(quickstartModel, 64), d: 576, layers: [8, 14] },
];

test.each(models)('a steered row changes, and its neighbours keep their bits: $name', async ({ model, d, layers }) => {
  const { session } = await model.open({ steered: layers, taps: [], logits: 'all', cache: true });
  const with1 = async (strengths: number[]): Promise<number[][]> => {
    const out = await run(session, { ...model.prefill(rows), ...steeringFeeds(layers.length, d, strengths) });
    return rows.map((_, b) => row(out['logits']!, b));
  };
  const none = await with1([0, 0, 0]);
  const second = await with1([0, 1, 0]);
  expect(second[1]).not.toEqual(none[1]);
  expect([second[0], second[2]]).toEqual([none[0], none[2]]);
});

test.each(models)(
  'a constant push needs no score and no strength, and stops at the threshold: $name',
  async ({ model, d, layers }) => {
    const { session } = await model.open({ steered: layers, taps: [], logits: 'all', cache: true });
    const at = async (constant: number, options: { scale?: number; threshold?: number } = {}): Promise<string> =>
      bits((await run(session, {
        ...model.prefill(rows),
        ...steeringFeeds(layers.length, d, [0, 0, 0], { constant, ...options }),
      }))['logits']!);
    const untouched = await at(0);
    expect(await at(0.5, { scale: 0 })).not.toBe(untouched);
    expect(await at(0.5, { scale: 0 }), 'the score does not count').toBe(await at(0.5));
    expect(await at(0.5, { threshold: Infinity })).toBe(untouched);
  },
);

test.each(models)('rows whose score is not above the threshold keep the bits of the untouched model: $name', async ({ model, d, layers }) => {
  const { session } = await model.open({ steered: layers, taps: [], logits: 'all', cache: true });
  const at = async (strength: number, threshold: number): Promise<Outputs> =>
    run(session, {
      ...model.prefill(rows),
      ...steeringFeeds(layers.length, d, rows.map(() => strength), { threshold }),
    });
  const untouched = await at(0, -Infinity);
  const scores = rows.map((_, b) => Math.max(...row(untouched['steer_scores']!, b)));
  const middle = [...scores].sort((a, b) => a - b)[1]!;
  const some = await at(1, middle);
  rows.forEach((_, b) => {
    const [got, want] = [row(some['logits']!, b), row(untouched['logits']!, b)];
    const same = got.every((x, i) => Object.is(x, want[i]));
    expect(same, `row ${b}, score ${scores[b]!} at a threshold of ${middle}`).toBe(scores[b]! <= middle);
  });
  expect(bits((await at(1, Infinity))['logits']!)).toBe(bits(untouched['logits']!));
});

test.each(models)(
  'extraction cut above the last tap gives the taps of the full graph bit for bit: $name',
  async ({ model, layers }) => {
    const full = await model.open({ steered: [], taps: layers, logits: 'all', cache: true });
    const cut = await model.open({ steered: [], taps: layers, logits: 'none', cache: false });
    const feeds = model.prefill(rows);
    const [want, got] = [await run(full.session, feeds), await run(cut.session, feeds)];
    expect(bits(got['residual_taps']!)).toBe(bits(want['residual_taps']!));
    expect(cut.session.outputNames).toEqual(['residual_taps']);
  },
);

test.each(models)(
  'logits of the last position are those of all positions, up to the rounding of other kernels: $name',
  async ({ model, d }) => {
    const all = (await model.open()).session;
    const last = (await model.open({ steered: [], taps: [], logits: 'last', cache: true })).session;
    const feeds = model.prefill(rows);
    const [want, got] = [(await run(all, feeds))['logits']!, (await run(last, feeds))['logits']!];
    const vocabulary = want.dims[2]!;
    rows.forEach((ids, b) => {
      const there = row(want, b).slice((ids.length - 1) * vocabulary, ids.length * vocabulary);
      // Those of the last position are f32, cast from what the model gives.
      if (want.type === 'float32') expect(relativeError(row(got, b), there), `${d}`).toBeLessThan(1e-5);
      else expect(relativeError(row(got, b), there.map(halfToNumber))).toBeLessThan(2e-3);
    });
  },
);

function tiny(name: string): ModelUnderTest {
  return new ModelUnderTest(join(tinyModels, name, 'model.onnx'), 16);
}
