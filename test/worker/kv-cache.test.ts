import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheNames, openCache, type KvShape } from '../../src/worker/session/kv-cache.ts';
import { ModelUnderTest, bits, row, run, steeringFeeds, tinyModels } from './onnx/tiny-model.ts';

const prompts = [
  [5, 6, 7, 8, 9, 10, 11, 12],
  [100, 3, 77],
  [42, 150, 9, 9],
];
const tokens = [20, 21, 22];

test.each(['llama-int4', 'llama-fp32'])(
  "%s: a step from the kept cache, a row dropped and one added, gives the bits of one from the graph's own",
  async (name) => {
    const model = new ModelUnderTest(join(tinyModels, name, 'model.onnx'), 16);
    const { cache } = model.ports;
    const options = { steered: [1], taps: [], logits: 'last', cache: true } as const;
    const { session: plain } = await model.open(options);
    const { session } = await model.open({ ...options, decoding: 'newest' });
    const shape: KvShape = {
      names: cacheNames(cache),
      heads: Number(cache[0]!.key.dims[1]),
      size: 16,
      type: 'float32',
      appends: true,
    };
    const off = (rows: number) => steeringFeeds(1, 64, Array<number>(rows).fill(0));
    const kept = openCache(shape, { rows: 3, positions: 20 });

    const first = await run(plain, { ...model.prefill(prompts), ...off(3) });
    kept.add(
      await run(session, { ...model.prefill(prompts), ...off(3) }),
      prompts.map(({ length }) => length),
    );
    const second = await run(plain, { ...model.decode(prompts, tokens, first), ...off(3) });
    const again = await run(session, { ...model.decode(prompts, tokens, first), ...(await kept.feeds()), ...off(3) });
    expect(bits(again['logits']!)).toBe(bits(second['logits']!));
    kept.keep(again, () => true);

    // The third row comes into the first one's place.
    kept.drop(0);
    const longer = prompts.map((ids, i) => [...ids, tokens[i]!]);
    const next = [30, 31, 32];
    const whole = await run(plain, { ...model.decode(longer, next, second), ...off(3) });
    const two = [2, 1];
    const left = model.decode(
      two.map((i) => longer[i]!),
      two.map((i) => next[i]!),
      second,
    );
    const part = await run(session, { ...left, ...(await kept.feeds()), ...off(2) });
    expect(two.map((i) => row(whole['logits']!, i))).toEqual([0, 1].map((at) => row(part['logits']!, at)));

    // A longer one comes in after them.
    kept.keep(part, () => true);
    const late = prompts.flat();
    const block = await run(session, { ...model.prefill([late, late]), ...off(2) });
    const alone = await run(plain, { ...model.decode([late, late], [40, 40], block), ...off(2) });
    kept.add(block, [late.length]);
    const three = [...two.map((i) => [...longer[i]!, next[i]!]), late];
    const joined = await run(session, {
      ...model.decode(three, [50, 51, 40], block),
      ...(await kept.feeds()),
      ...off(3),
    });
    expect(row(joined['logits']!, 2)).toEqual(row(alone['logits']!, 0));
  },
);
