import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { bakeSteering } from '../../../src/core/onnx/bake-steering.ts';
import { readModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { promptFeeds } from '../../../src/worker/session/prompt-feeds.ts';
import { SteeringFeeds } from '../../../src/worker/session/steering-feeds.ts';
import { bits, ModelUnderTest, noise, relativeError, row, run, tinyModels, type Feeds, type Outputs } from './tiny-model.ts';

const layers = [0, 1];
const rows = [
  [5, 6, 7, 8, 9, 10, 11],
  [90, 3, 77],
];
const longest = 7;
const strength = 0.7;
const models = [
  ['optimum, with position_ids', 'architectures/llama/optimum', 32],
  ['optimum, without position_ids', 'architectures/gemma3/optimum', 32],
  ['the model builder, f32', 'architectures/llama/genai', 32],
  ['the model builder, int4', 'llama-int4', 64],
  ['the model builder, f16', 'llama-fp16', 64],
] as const;

test.each(models)('%s: ports stay, prompts are steered as in a session, decoding is not', async (_, name, d) => {
  const model = new ModelUnderTest(join(tinyModels, name, 'model.onnx'), 16);
  const w = noise(1, layers.length * d).map((x) => x * 0.2);
  const r = noise(2, layers.length * d);
  const thresholds = new Float32Array(layers.length).fill(-Infinity);
  const bytes = bakeSteering(model.bytes, model.file, { layers, w, r, thresholds, strength }, 'a test');
  const [before, after] = [readModel(model.bytes, ''), readModel(bytes, '')].map(({ graph }) =>
    [graph.input, graph.output].map((ports) => ports.map((port) => port.name)),
  );
  expect(after).toEqual(before);

  const baked = await InferenceSession.create(bytes, {
    logSeverityLevel: 3,
    extra: { session: { model_external_initializers_file_folder_path: model.folder } },
  });
  const { session } = await model.open({ steered: layers, taps: [], logits: 'all', cache: true });
  const feeds = new SteeringFeeds({ w, r, thresholds }, d);
  const steering = (value: number): Feeds => feeds.ofPrompts(rows.map(() => ({ strength: value })));
  const right = model.prefill(rows);
  const want = await run(session, { ...right, ...steering(strength) });
  const got = await run(baked, right);
  for (const output of Object.keys(got)) {
    const [a, b] = [row(got[output]!, 1), row(want[output]!, 1)];
    // What is constant is multiplied by other kernels than what is fed; f16 is compared in units in the last place.
    if (got[output]!.type === 'float32') expect(relativeError(a, b), output).toBeLessThan(1e-5);
    else expect(a.filter((x, i) => Math.abs(x - b[i]!) > 4), output).toEqual([]);
  }
  const unsteered = await run(session, { ...right, ...steering(0) });
  expect(differing(unsteered, got), 'it does something').toContain('logits');

  const next = model.decode(rows, [20, 21], got);
  expect(differing(await run(session, { ...next, ...steering(0) }), await run(baked, next))).toEqual([]);

  if (model.ports.appendsByRow) return; // such graphs take no padding on the left
  const left = { ...right, ...promptFeeds(rows, longest, model.ports.positionIds !== undefined, 'left') };
  const padded = await run(baked, left);
  const vocabulary = want['logits']!.dims[2]!;
  for (const [b, ids] of rows.entries()) {
    const here = row(padded['logits']!, b).slice(-vocabulary);
    const there = row(want['logits']!, b).slice((ids.length - 1) * vocabulary, ids.length * vocabulary);
    expect(relativeError(here, there)).toBeLessThan(1e-5);
  }
});

test('a threshold counts: a prompt whose score is not above it keeps the bits of the untouched model', async () => {
  const model = new ModelUnderTest(join(tinyModels, 'architectures/qwen2/optimum/model.onnx'), 16);
  const bytes = bakeSteering(
    readFileSync(model.file),
    model.file,
    { layers, w: noise(1, 64), r: noise(2, 64), thresholds: new Float32Array(2).fill(Infinity), strength },
    'a test',
  );
  const baked = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const feeds = model.prefill(rows);
  expect(differing(await run((await model.open()).session, feeds), await run(baked, feeds))).toEqual([]);
});

test('a model without a mask is refused: a prompt could not be told from a step', () => {
  const file = join(tinyModels, 'architectures/llama/genai/model.onnx');
  const text = readFileSync(file, 'latin1').replaceAll('attention_mask', 'attention_musk');
  const wanted = { layers, w: noise(1, 64), r: noise(2, 64), thresholds: new Float32Array(2), strength };
  expect(() => bakeSteering(Buffer.from(text, 'latin1'), file, wanted, 'a test')).toThrow("can't feed: attention_musk");
});

function differing(a: Outputs, b: Outputs): string[] {
  return Object.keys(b).filter((name) => bits(a[name]!) !== bits(b[name]!));
}
