import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RawReply } from '../../../src/worker/session/raw-reply.ts';
import {
  openChatSession,
  openExtractionSession,
  type SessionModel,
} from '../../../src/worker/session/model-session.ts';
import { sessionModel } from '../onnx/session-model.ts';
import { noise, relativeError, tinyModels, type Expected } from '../onnx/tiny-model.ts';
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

describe('WebGPU', () => {
  beforeEach(({ skip }) => skip(why !== undefined, `needs WebGPU, a software adapter is enough: ${why}`));

  /** The model builder's graphs use fused kernels; those of optimum compute cosines and roots, which SwiftShader rounds more. */
  const bounds = { genai: 1e-5, optimum: 2e-3 };

  test.each(models)(
    "activations and steered replies are the CPU's: $name",
    async ({ name, file, headDim, d, vocabulary }) => {
      const bound = name.includes('optimum') ? bounds.optimum : bounds.genai;
      const model = await sessionModel({ graph: file, steps: undefined }, { headDim, d, vocabulary });
      const cpu = await numbers(model);
      const gpu = await numbers({ ...model, device: 'webgpu' });
      cpu.activations.forEach((want, row) =>
        expect(relativeError([...gpu.activations[row]!], [...want])).toBeLessThan(bound),
      );
      cpu.logits.forEach((want, row) => expect(relativeError([...gpu.logits[row]!], [...want])).toBeLessThan(bound));
      expect(gpu.replies.map(({ tokens }) => tokens)).toEqual(cpu.replies.map(({ tokens }) => tokens));
    },
  );
});

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
