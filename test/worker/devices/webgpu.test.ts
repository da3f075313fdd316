import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newestOf } from '../../../src/core/onnx/newest-entries.ts';
import { TensorProto_DataType } from '../../../src/core/onnx/onnx_pb.ts';
import type { RawReply } from '../../../src/worker/chat-session.ts';
import type { Device } from '../../../src/worker/devices.ts';
import { openChatSession, openExtractionSession, type SessionModel } from '../../../src/worker/model-session.ts';
import { ModelUnderTest, noise, relativeError, tinyModels, type Expected } from '../onnx/tiny-model.ts';
import { withoutWebgpu } from './software-adapter.ts';

const why = await withoutWebgpu();
const layers = [0, 1];
const rows = [
  [5, 6, 7, 8, 9, 10, 11],
  [90, 3, 77],
];
const quietJob = { checkpoint: () => Promise.resolve() };

const architectures = join(tinyModels, 'architectures');
const models = [
  { name: 'llama-fp32', file: join(tinyModels, 'llama-fp32/model.onnx'), headDim: 16, d: 64, vocabulary: 192 },
  ...readdirSync(architectures)
    .filter((name) => existsSync(join(architectures, name, 'expected.json')))
    .flatMap((name, at) => {
      const expected = JSON.parse(readFileSync(join(architectures, name, 'expected.json'), 'utf8')) as Expected & {
        headDim: number;
      };
      const [d, vocabulary] = [expected.steering.w[0]!.length, expected.logits[0]!.length];
      // One exporter of each, in turn: a graph takes WebGPU five seconds, and all of them ran when this was written.
      const both = at % 2 === 0 ? ['optimum', 'genai'] : ['genai', 'optimum'];
      return both
        .map((exporter) => ({ exporter, file: join(architectures, name, exporter, 'model.onnx') }))
        .filter(({ file }) => existsSync(file))
        .slice(0, 1)
        .map(({ exporter, file }) => ({
          name: `${name} by ${exporter}`,
          file,
          headDim: expected.headDim,
          d,
          vocabulary,
        }));
    }),
];

describe.skipIf(why !== undefined)(`WebGPU${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  /** The model builder's graphs use fused kernels; those of optimum compute cosines and roots, which SwiftShader rounds more. */
  const bounds = { genai: 1e-5, optimum: 2e-3 };

  test.each(models)(
    "activations and steered replies are the CPU's: $name",
    async ({ name, file, headDim, d, vocabulary }) => {
      const bound = name.includes('optimum') ? bounds.optimum : bounds.genai;
      const cpu = await numbers(sessionModel(file, headDim, d, vocabulary, 'cpu'));
      const gpu = await numbers(sessionModel(file, headDim, d, vocabulary, 'webgpu'));
      cpu.activations.forEach((want, row) =>
        expect(relativeError([...gpu.activations[row]!], [...want])).toBeLessThan(bound),
      );
      cpu.logits.forEach((want, row) => expect(relativeError([...gpu.logits[row]!], [...want])).toBeLessThan(bound));
      expect(gpu.replies.map(({ tokens }) => tokens)).toEqual(cpu.replies.map(({ tokens }) => tokens));
    },
  );
});

function sessionModel(file: string, headDim: number, d: number, vocabulary: number, device: Device): SessionModel {
  const { bytes, ports } = new ModelUnderTest(file, headDim);
  const { key } = ports.cache[0]!;
  expect(key.elementType).toBe(TensorProto_DataType.FLOAT);
  return {
    folder: {
      path: join(file, '..'),
      graph: file,
      dtype: 'fp32',
      config: {
        model_type: 'tiny',
        hidden_size: d,
        num_hidden_layers: 2,
        num_attention_heads: 4,
        vocab_size: vocabulary,
        max_position_embeddings: 64,
      },
      endTokens: [],
    },
    graph: bytes,
    hiddenSize: d,
    ports,
    kv: {
      names: ports.cache.flatMap(({ key, value, presentKey, presentValue }) => [
        { past: key.name, present: presentKey.name, newest: newestOf(presentKey.name) },
        { past: value.name, present: presentValue.name, newest: newestOf(presentValue.name) },
      ]),
      heads: Number(key.dims[1]),
      size: headDim,
      type: 'float32',
      appends: ports.appendsByRow,
    },
    device,
    threads: 2,
  };
}

/** Activations as a fit reads them, and replies to one prompt steered and one not. */
async function numbers(
  model: SessionModel,
): Promise<{ activations: Float32Array[]; logits: Float32Array[]; replies: RawReply[] }> {
  const extraction = await openExtractionSession(model, layers);
  const activations = await extraction.run(rows);
  await extraction.release();
  const chat = await openChatSession(model, layers, layers);
  const size = layers.length * model.hiddenSize;
  chat.setSteering({
    w: noise(1, size),
    r: noise(2, size),
    thresholds: new Float32Array(layers.length).fill(-Infinity),
  });
  const logits: Float32Array[] = [];
  const replies = await chat.reply(
    rows.map((ids, row) => ({ ids, strength: row === 0 ? 1 : 0 })),
    { maxNewTokens: 8, endTokens: new Set(), onFirstLogits: (row, values) => (logits[row] = values.slice()) },
    quietJob,
  );
  await chat.release();
  return { activations, logits, replies };
}
