import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SteeringFeeds } from '../../../src/worker/session/steering-feeds.ts';
import {
  bits,
  ModelUnderTest,
  quickstartModel,
  run,
  steeringFeeds,
  tinyModels,
  type Outputs,
} from './tiny-model.ts';

const shapes = {
  'one row': [[5, 6, 7, 8]],
  'one token': [[5]],
  'rows of one length': [
    [5, 6, 7],
    [8, 9, 10],
  ],
  'rows of different length': [[5, 6, 7, 8, 9, 10, 11], [100], [42, 43, 44]],
};
const tiny = (name: string): ModelUnderTest => new ModelUnderTest(join(tinyModels, name, 'model.onnx'), 16);
const models = [
  { name: 'llama-fp32', model: tiny('llama-fp32'), d: 64, layers: [0, 1, 2] },
  { name: 'llama-fp16', model: tiny('llama-fp16'), d: 64, layers: [0, 1, 2] },
  { name: 'llama-int4', model: tiny('llama-int4'), d: 64, layers: [2, 0] },
  { name: 'qwen3-fp32', model: tiny('qwen3-fp32'), d: 64, layers: [0, 1] },
  { name: 'gemma2-fp32', model: tiny('gemma2-fp32'), d: 64, layers: [0, 1] },
  { name: 'the quickstart model', model: new ModelUnderTest(quickstartModel, 64), d: 576, layers: [0, 8, 14, 29] },
];

test.each(models)(
  'strength 0 gives the bits of the untouched model, prefill and decoding: $name',
  async ({ model, d, layers }) => {
    const base = (await model.open()).session;
    const steerable = (await model.open({ steered: layers, taps: layers, logits: 'all', cache: true })).session;
    for (const [shape, rows] of Object.entries(shapes)) {
      const off = steeringFeeds(
        layers.length,
        d,
        rows.map(() => 0),
      );
      const want = await run(base, model.prefill(rows));
      const got = await run(steerable, { ...model.prefill(rows), ...off });
      expectSameBits(want, got, shape);
      const tokens = rows.map((_, i) => 20 + i);
      const wantNext = await run(base, model.decode(rows, tokens, want));
      const gotNext = await run(steerable, { ...model.decode(rows, tokens, got), ...off });
      expectSameBits(wantNext, gotNext, `${shape}, decoding`);
    }
  },
);

test('strength 0 gives the bits of the untouched model even where w and r are infinite', async () => {
  const { model, layers, d } = models[0]!;
  const rows = shapes['rows of different length'];
  const infinite = new Float32Array(layers.length * d).fill(Infinity);
  const steering = { w: infinite, r: infinite, thresholds: new Float32Array(layers.length).fill(-Infinity) };
  const feeds = new SteeringFeeds(steering, d).ofPrompts(rows.map(() => ({ strength: 0 })));
  const { session } = await model.open({ steered: layers, taps: [], logits: 'all', cache: true });
  expectSameBits(
    await run((await model.open()).session, model.prefill(rows)),
    await run(session, { ...model.prefill(rows), ...feeds }),
    'prefill',
  );
});

test.each(models)(
  'with the last logits only, strength 0 gives the bits of the unsteered graph in the same mode: $name',
  async ({ model, d, layers }) => {
    const base = (await model.open({ steered: [], taps: [], logits: 'last', cache: true })).session;
    const steerable = (await model.open({ steered: layers, taps: [], logits: 'last', cache: true })).session;
    const rows = shapes['rows of different length'];
    const got = await run(steerable, {
      ...model.prefill(rows),
      ...steeringFeeds(
        layers.length,
        d,
        rows.map(() => 0),
      ),
    });
    expectSameBits(await run(base, model.prefill(rows)), got, 'prefill');
    expect(got['logits']!.dims.slice(0, 2)).toEqual([rows.length, 1]);
  },
);

function expectSameBits(want: Outputs, got: Outputs, what: string): void {
  const differing = Object.keys(want).filter((name) => bits(want[name]!) !== bits(got[name]!));
  expect(differing, what).toEqual([]);
}
