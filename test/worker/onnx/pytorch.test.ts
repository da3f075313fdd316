import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SteeringFeeds } from '../../../src/worker/session/steering-feeds.ts';
import { ModelUnderTest, relativeError, row, run, tinyModels, unlimited, type Expected } from './tiny-model.ts';

const d = 64;

describe.each(['llama', 'qwen3', 'gemma2'])('the %s export', (name) => {
  const folder = join(tinyModels, `${name}-fp32`);
  const model = new ModelUnderTest(join(folder, 'model.onnx'), 16);
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
  const { prompts, steering } = expected;
  const all = expected.hidden[0]!.map((_, layer) => layer);

  test("taps are PyTorch's hidden_states at the last token of each row, within 1e-5 of their norm", async () => {
    const { session } = await model.open({ steered: [], taps: all, logits: 'none', cache: false });
    const out = await run(session, model.prefill(prompts));
    prompts.forEach((_, b) =>
      expect(relativeError(row(out['residual_taps']!, b), expected.hidden[b]!.flat())).toBeLessThan(1e-5),
    );
  });

  test.each(['steered', 'pushed'] as const)("%s logits are PyTorch's under a forward pre-hook on each steered layer", async (kind) => {
    const { session } = await model.open({ steered: steering.layers, taps: [], logits: 'last', cache: true });
    const { strength, constant } = steering;
    const asked = { strength, constant: kind === 'pushed' ? constant : 0 };
    const out = await run(session, {
      ...model.prefill(prompts),
      ...new SteeringFeeds(unlimited(steering), d).ofPrompts(prompts.map(() => asked)),
    });
    const without = kind === 'pushed' ? expected.steered : expected.logits;
    prompts.forEach((_, b) => {
      expect(relativeError(row(out['logits']!, b), expected[kind][b]!)).toBeLessThan(1e-5);
      expect(relativeError(without[b]!, expected[kind][b]!), 'it does something').toBeGreaterThan(0.01);
    });
  });

  test('scores are h·w of the layer, before its own steering', async () => {
    const layer = steering.layers[0]!;
    const first = unlimited({ w: [steering.w[0]!], r: [steering.r[0]!] });
    const { session } = await model.open({ steered: [layer], taps: [layer], logits: 'none', cache: false });
    const out = await run(session, {
      ...model.prefill(prompts),
      ...new SteeringFeeds(first, d).ofPrompts(prompts.map(() => ({ strength: 3, constant: 2 }))),
    });
    prompts.forEach((_, b) => {
      const h = expected.hidden[b]![layer]!;
      const score = h.reduce((sum, x, i) => sum + x * steering.w[0]![i]!, 0);
      expect(row(out['steer_scores']!, b)[0]).toBeCloseTo(score, 4);
    });
  });
});

test('taps of the f16 export are f32, and those of the f32 export within f16 rounding', async () => {
  const [half, full] = await Promise.all(
    ['llama-fp16', 'llama-fp32'].map(async (name) => {
      const model = new ModelUnderTest(join(tinyModels, name, 'model.onnx'), 16);
      const { session } = await model.open({ steered: [], taps: [0, 1, 2], logits: 'none', cache: false });
      return (
        await run(
          session,
          model.prefill([
            [5, 6, 7],
            [100, 3, 77, 8],
          ]),
        )
      )['residual_taps']!;
    }),
  );
  expect(half!.type).toBe('float32');
  expect(relativeError(Array.from(half!.data as Float32Array), Array.from(full!.data as Float32Array))).toBeLessThan(
    5e-3,
  );
});
