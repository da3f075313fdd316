import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bits, ModelUnderTest, relativeError, row, run, steeringFeeds, tinyModels, type Expected } from './tiny-model.ts';

const architectures = join(tinyModels, 'architectures');
const layers = [0, 1];
const d = 32;

/** The files that transformers.js users have, and how far the rounding of their weights takes activations from PyTorch's in f32 at most. */
const files = [
  ['model_fp16', 5e-3],
  ['model_quantized', 0.1],
  ['model_q4', 0.35],
  ['model_q4f16', 0.35],
  ['model_bnb4', 0.35],
] as const;
const variants = [
  ['llama', 'split/model', 1e-5] as const,
  ...['llama', 'qwen3', 'gemma3'].flatMap((name) => files.map(([file, far]) => [name, file, far] as const)),
];

test.each(variants)("%s, %s: taps are near PyTorch's, strength 0 keeps every bit, a strength does not", async (name, file, far) => {
  const { prompts, hidden } = JSON.parse(readFileSync(join(architectures, name, 'expected.json'), 'utf8')) as Expected;
  const model = new ModelUnderTest(join(architectures, name, 'optimum', `${file}.onnx`), 16);
  const base = (await model.open()).session;
  const { session } = await model.open({ steered: layers, taps: layers, logits: 'all', cache: true });
  const batches = model.ports.scalesOverBatch ? prompts.map((ids) => [ids]) : [prompts];
  let at = 0;
  for (const rows of batches) {
    const at0 = steeringFeeds(layers.length, d, rows.map(() => 0));
    const want = await run(base, model.prefill(rows));
    const got = await run(session, { ...model.prefill(rows), ...at0 });
    rows.forEach((_, b) =>
      expect(relativeError(row(got['residual_taps']!, b), hidden[at + b]!.flat())).toBeLessThan(far),
    );
    const tokens = rows.map((_, i) => 20 + i);
    const wantNext = await run(base, model.decode(rows, tokens, want));
    const gotNext = await run(session, { ...model.decode(rows, tokens, got), ...at0 });
    const at1 = steeringFeeds(layers.length, d, rows.map(() => 1));
    const pushed = await run(session, { ...model.prefill(rows), ...at1 });
    for (const output of Object.keys(want)) {
      expect(bits(got[output]!), output).toBe(bits(want[output]!));
      expect(bits(gotNext[output]!), output).toBe(bits(wantNext[output]!));
    }
    expect(bits(pushed['logits']!)).not.toBe(bits(want['logits']!));
    at += rows.length;
  }
});
