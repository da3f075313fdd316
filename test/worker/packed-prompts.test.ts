import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { instrument } from '../../src/core/onnx/instrument.ts';
import { openModel } from '../../src/worker/model/model.ts';
import { openExtractionSession } from '../../src/worker/session/model-session.ts';
import { quickstart } from './agreement/quickstart.ts';
import { batchesByPrefix, packedFeeds, packedStep } from '../../src/worker/session/packed-prompts.ts';
import {
  bits,
  ModelUnderTest,
  quickstartModel,
  relativeError,
  row,
  run,
  steeringFeeds,
  tinyModels,
  type Expected,
  type Outputs,
} from './onnx/tiny-model.ts';

const d = 64;

describe.each(['llama', 'qwen3', 'gemma2'])('the %s export, its prompts packed', (name) => {
  const folder = join(tinyModels, `${name}-fp32`);
  const model = new ModelUnderTest(join(folder, 'model.onnx'), 16);
  const { prompts, hidden } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
  const layers = hidden[0]!.map((_, layer) => layer);
  const { bytes: packed } = instrument(model.bytes, model.file, {
    steered: [],
    taps: layers,
    logits: 'none',
    cache: false,
    packed: true,
  });

  /** [prompt][layer] [d] */
  const taps = async (rows: readonly (readonly number[])[]): Promise<number[][][]> => {
    const session = await InferenceSession.create(packed, {
      logSeverityLevel: 3,
      extra: { session: { model_external_initializers_file_folder_path: folder } },
    });
    const feeds = { ...model.prefill(rows), ...packedFeeds(rows, model.ports.positionIds !== undefined) };
    const { data } = (await run(session, feeds))['residual_taps']!;
    return rows.map((_, row) =>
      layers.map((_, tap) => {
        const at = (row * layers.length + tap) * d;
        return Array.from((data as Float32Array).subarray(at, at + d));
      }),
    );
  };

  test("taps are PyTorch's hidden_states, within 1e-5 of their norm, for prompts that share their beginnings", async () => {
    const known = new Set(prompts.map((ids) => ids.join()));
    const beginnings = prompts.flatMap((ids) => ids.slice(1).map((_, i) => ids.slice(0, i + 1)));
    const all = [...prompts, ...beginnings.filter((ids) => !known.has(ids.join()))];
    const order = batchesByPrefix(all, all.length, Infinity).flat();
    const got = await taps(order.map((i) => all[i]!));
    const checked = order.flatMap((i, at) => (i < prompts.length ? [{ i, at }] : []));
    expect(checked.length).toBe(prompts.length);
    for (const { i, at } of checked)
      expect(relativeError(got[at]!.flat(), hidden[i]!.flat()), `prompt ${i}`).toBeLessThan(1e-5);
  });

  test('a prompt alone and one twice give the same', async () => {
    const [once] = await taps([prompts[0]!]);
    expect(relativeError(once!.flat(), hidden[0]!.flat())).toBeLessThan(1e-5);
    const twice = await taps([prompts[0]!, prompts[0]!]);
    expect(twice[1]).toEqual(twice[0]);
  });
});

describe.each([
  { name: 'llama-int4', model: new ModelUnderTest(join(tinyModels, 'llama-int4', 'model.onnx'), 16), d: 64 },
  { name: 'qwen3-fp32', model: new ModelUnderTest(join(tinyModels, 'qwen3-fp32', 'model.onnx'), 16), d: 64 },
  { name: 'the quickstart model', model: new ModelUnderTest(quickstartModel, 64), d: 576 },
])('replies of $name, the prompts packed', ({ model, d }) => {
  const layers = [0, 1];
  const begun = [5, 6, 7, 8, 9, 10];
  const rows = [
    [...begun, 11, 12, 13],
    [...begun, 11, 14],
    [...begun, 20, 21],
    [90, 3, 77],
    [42, 150, 9, 9],
  ];
  const options = { steered: layers, taps: layers, logits: 'last', cache: true, decoding: 'newest' } as const;
  const positionIds = model.ports.positionIds !== undefined;

  /** Prefill and a decoding step. */
  const replies = async (packed: boolean, strengths: number[]): Promise<[Outputs, Outputs]> => {
    const { session } = await model.open({ ...options, packed });
    const steering = steeringFeeds(layers.length, d, strengths);
    const shared = packedFeeds(rows, positionIds, (row) => strengths[row] === 0);
    const first = await run(session, { ...model.prefill(rows), ...(packed && shared), ...steering });
    const step = model.decode(rows, [20, 21, 22, 23, 24], first);
    const off = steeringFeeds(layers.length, d, [0, 0, 0, 0, 0]);
    return [first, await run(session, { ...step, ...(packed && packedStep(step)), ...off })];
  };
  const same = (got: [Outputs, Outputs], want: [Outputs, Outputs]): void => {
    for (const [step, outputs] of want.entries())
      for (const name of ['logits', 'next_token', 'next_logit', 'steer_scores', 'residual_taps'])
        expect(bits(got[step]![name]!), `${name}, step ${step}`).toBe(bits(outputs[name]!));
  };

  test('unsteered, sharing their beginnings, have the bits of padded prompts', async () => {
    same(await replies(true, [0, 0, 0, 0, 0]), await replies(false, [0, 0, 0, 0, 0]));
  });

  test('steered or not, have the bits of padded prompts', async () => {
    const strengths = [0, 0, 1, 0.5, 0];
    const got = await replies(true, strengths);
    same(got, await replies(false, strengths));
    const none = await replies(true, [0, 0, 0, 0, 0]);
    expect(strengths.map((_, i) => relativeError(row(got[0]['logits']!, i), row(none[0]['logits']!, i)) > 0)).toEqual(
      strengths.map((strength) => strength !== 0),
    );
  });
});

test('tokens that prompts share are fed once', () => {
  const feeds = packedFeeds(
    [
      [1, 2, 3],
      [1, 2, 4, 5],
      [7, 2],
    ],
    true,
  );
  const numbers = (name: string): number[] => Array.from(feeds[name]!.data as BigInt64Array, Number);
  expect(numbers('input_ids')).toEqual([1, 2, 3, 4, 5, 7, 2]);
  expect(numbers('position_ids')).toEqual([0, 1, 2, 2, 3, 0, 1]);
  expect(numbers('packed_rows')).toEqual([0, 1, 2, 0, 0, 1, 3, 4, 5, 6, 0, 0]);
  expect(numbers('packed_places')).toEqual([0, 1, 2, 6, 7, 8, 9]);
  expect(numbers('last_position')).toEqual([2, 4, 6]);
  expect(numbers('packed_owners')).toEqual([0, 0, 0, 1, 1, 2, 2].flatMap((row) => [row, 0]));
  expect(numbers('attention_mask')).toEqual([1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0]);
});

describe('batches', () => {
  const prompts = Array.from({ length: 200 }, (_, i) =>
    Array.from({ length: 1 + ((i * 37) % 90) }, (_, at) => (at < 20 ? i % 3 : (i * at) % 7)),
  );

  test('hold every prompt once, within their limits', () => {
    const batches = batchesByPrefix(prompts, 16, 600);
    expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from(prompts.keys()));
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(16);
      expect(batch.length * Math.max(...batch.map((i) => prompts[i]!.length))).toBeLessThanOrEqual(600);
    }
  });

  test('hold a prompt that is longer than a batch may be, alone', () => {
    expect(batchesByPrefix([Array<number>(50).fill(1), [1]], 8, 20)).toEqual([[0], [1]]);
  });
});

test('the activations of 129 tokens are the same bits with one thread, with two, and beside another prompt', async () => {
  const model = await openModel({ path: join(quickstart, 'model'), dtype: 'q4', device: 'cpu', threads: 1 });
  const long = Array.from({ length: 129 }, (_, i) => 100 + ((i * 37) % 5000));
  const other = [100, 90, 80];
  const made: Float32Array[] = [];
  for (const threads of [1, 2]) {
    const session = await openExtractionSession({ ...model, threads }, [4]);
    made.push((await session.run([long]))[0]!, (await session.run([long, other]))[0]!);
    await session.release();
  }
  for (const one of made.slice(1)) expect(one).toEqual(made[0]);
});
