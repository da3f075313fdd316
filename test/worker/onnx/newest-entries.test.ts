import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { instrument } from '../../../src/core/onnx/instrument.ts';
import { bits, ModelUnderTest, run, steeringFeeds, tinyModels } from './tiny-model.ts';

/** An event of onnxruntime's profile. */
interface Event {
  readonly name: string;
  readonly ts: number;
  readonly args?: { readonly op_name?: string };
}

const model = new ModelUnderTest(join(tinyModels, 'llama-int4', 'model.onnx'), 16);
const options = { steered: [1], taps: [1], logits: 'last', cache: true } as const;
const prompts = [
  [5, 6, 7, 8, 9, 10, 11, 12],
  [100, 3, 77],
];
const off = steeringFeeds(1, 64, [0, 0]);

test('the newest entries are all of a prefill, and those that a step has appended', async () => {
  const { session: plain } = await model.open(options);
  const { session } = await model.open({ ...options, decoding: 'newest' });
  const first = await run(plain, { ...model.prefill(prompts), ...off });
  const newest = await run(session, { ...model.prefill(prompts), ...off });
  const step = { ...model.decode(prompts, [20, 21], first), ...off };
  const [second, appended] = [await run(plain, step), await run(session, step)];
  for (const { presentKey, presentValue } of model.ports.cache)
    for (const { name } of [presentKey, presentValue]) {
      expect(bits(newest[`${name}.newest`]!)).toBe(bits(first[name]!));
      const [rows, heads, positions, size] = second[name]!.dims as [number, number, number, number];
      const entries = second[name]!.data as Float32Array;
      const wanted = prompts.flatMap(({ length }, row) =>
        Array.from({ length: heads }, (_, head) => {
          const at = ((row * heads + head) * positions + length) * size;
          return [...entries.subarray(at, at + size)];
        }),
      );
      expect(appended[`${name}.newest`]!.dims).toEqual([rows, heads, 1, size]);
      expect([...(appended[`${name}.newest`]!.data as Float32Array)]).toEqual(wanted.flat());
    }
});

test("onnxruntime takes a layer's newest entries before the next layer runs, so that it can let the layer's cache go", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-order-'));
  try {
    const { bytes } = instrument(model.bytes, model.file, { ...options, decoding: 'newest' });
    const session = await InferenceSession.create(bytes, {
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
      extra: { session: { model_external_initializers_file_folder_path: model.folder } },
    });
    expect(session.outputNames.filter((name) => /^present\.\d+\.(key|value)$/.test(name))).toEqual([]);
    await run(session, { ...model.prefill(prompts), ...off });
    session.endProfiling();
    await session.release();
    const events = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8')) as Event[];
    const order = events
      .toSorted((a, b) => a.ts - b.ts)
      .flatMap(({ name, args }) => {
        if (!name.endsWith('_kernel_time')) return [];
        if (args?.op_name === 'GroupQueryAttention') return ['attention'];
        return /^present\.(\d+)\.(?:key|value)\.newest/.exec(name)?.[1] ?? [];
      });
    expect(order).toEqual(['0', '1', '2'].flatMap((layer) => ['attention', layer, layer]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
