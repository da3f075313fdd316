import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dot } from '../../../src/core/linalg/inner-product.ts';
import { ChatSession } from '../../../src/worker/session/chat-session.ts';
import { cacheNames } from '../../../src/worker/session/kv-cache.ts';
import { SteeringFeeds } from '../../../src/worker/session/steering-feeds.ts';
import { bits, ModelUnderTest, relativeError, row, run, steeringFeeds, tinyModels, unlimited, type Expected } from './tiny-model.ts';

/** What make.py of the architectures wrote. */
interface Architecture extends Omit<Expected, 'pushed'> {
  readonly headDim: number;
  readonly replies: number[][];
}

const quietJob = { checkpoint: () => Promise.resolve() };

const layers = [0, 1];
const architectures = join(tinyModels, 'architectures');
const exports = ['optimum', 'genai'].flatMap((exporter) =>
  readdirSync(architectures)
    .filter((name) => existsSync(join(architectures, name, exporter)))
    .map((name) => ({ name, exporter })),
);

describe.each(exports)('$name by $exporter', ({ name, exporter }) => {
  const folder = join(architectures, name);
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Architecture;
  const { prompts, steering } = expected;
  const model = new ModelUnderTest(join(folder, exporter, 'model.onnx'), expected.headDim);
  const d = steering.w[0]!.length;
  const tensors = unlimited(steering);

  test("taps are PyTorch's hidden_states at the last token", async () => {
    const { session } = await model.open({ steered: [], taps: layers, logits: 'none', cache: false });
    const out = await run(session, model.prefill(prompts));
    for (const [b, hidden] of expected.hidden.entries())
      expect(relativeError(row(out['residual_taps']!, b), hidden.flat())).toBeLessThan(1e-5);
  });

  test("steered logits are PyTorch's under a forward pre-hook on each layer", async () => {
    const { session } = await model.open({ steered: layers, taps: layers, logits: 'last', cache: true });
    const out = await run(session, {
      ...model.prefill(prompts),
      ...new SteeringFeeds(tensors, d).ofPrompts(prompts.map(() => steering)),
    });
    for (const [b, want] of expected.steered.entries()) {
      expect(relativeError(row(out['logits']!, b), want)).toBeLessThan(1e-5);
      expect(relativeError(expected.logits[b]!, want), 'it does something').toBeGreaterThan(0.01);
      const taps = row(out['residual_taps']!, b);
      const scores = layers.map((_, k) => dot(taps.slice(k * d, (k + 1) * d), steering.w[k]!));
      expect(relativeError(row(out['steer_scores']!, b), scores), 'taps hold what layers below added').toBeLessThan(1e-4);
    }
  });

  test("steered replies of a batch are PyTorch's of each prompt alone, token for token", async () => {
    const { session, edited } = await model.open({
      steered: layers,
      taps: layers,
      logits: 'last',
      cache: true,
      decoding: 'newest',
      packed: true,
    });
    const chat = new ChatSession(session, {
      kv: {
        names: cacheNames(model.ports.cache),
        heads: Number(model.ports.cache[0]!.key.dims[1]),
        size: expected.headDim,
        type: 'float32',
        appends: model.ports.appendsByRow,
      },
      hiddenSize: d,
      steeredTaps: layers,
      readLayers: layers,
      tappedLayers: layers.length,
      positionIds: model.ports.positionIds !== undefined,
      rowsTouch: false,
      packed: edited!.packed,
      folder: { graph: model.file, dtype: 'fp32' },
    });
    chat.setSteering(tensors);
    const rows = prompts.map((ids) => ({ ids, strength: steering.strength }));
    // The end is a token of the first reply, so that its row is dropped while the others go on.
    const end = expected.replies[0]![3]!;
    const replies = await chat.reply(rows, { maxNewTokens: 8, endTokens: new Set([end]) }, quietJob);
    expect(replies.map(({ tokens }) => tokens)).toEqual(
      expected.replies.map((reply) => (reply.includes(end) ? reply.slice(0, reply.indexOf(end)) : reply)),
    );
    for (const [b, { norms }] of replies.entries())
      expect(norms[0]! / Math.hypot(...expected.hidden[b]![0]!)).toBeCloseTo(1, 5);
  });

  test('strength 0 gives the bits of the untouched model, prefill and decoding', async () => {
    const base = (await model.open()).session;
    const steerable = (await model.open({ steered: layers, taps: layers, logits: 'all', cache: true })).session;
    const off = steeringFeeds(layers.length, d, prompts.map(() => 0));
    const want = await run(base, model.prefill(prompts));
    const got = await run(steerable, { ...model.prefill(prompts), ...off });
    const tokens = prompts.map((_, i) => 20 + i);
    const wantNext = await run(base, model.decode(prompts, tokens, want));
    const gotNext = await run(steerable, { ...model.decode(prompts, tokens, got), ...off });
    for (const [a, b] of [
      [want, got],
      [wantNext, gotNext],
    ] as const)
      expect(Object.keys(a).filter((output) => bits(a[output]!) !== bits(b[output]!))).toEqual([]);
  });
});
