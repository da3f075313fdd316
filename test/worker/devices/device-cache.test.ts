import { InferenceSession, Tensor } from 'onnxruntime-node';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { seededRandom } from '../../../src/core/prompts/split/seeded-random.ts';
import { openChatSession, type SessionModel } from '../../../src/worker/session/model-session.ts';
import type { RawReply } from '../../../src/worker/session/raw-reply.ts';
import type { Session } from '../../../src/worker/session/session.ts';
import { sessionModel } from '../onnx/session-model.ts';
import { noise, tinyModels } from '../onnx/tiny-model.ts';
import { withoutWebgpu } from './software-adapter.ts';

const why = await withoutWebgpu();
const layers = [0, 1];
const maxNewTokens = 7;
const qwen2 = join(tinyModels, 'merged/qwen2');

const models = [
  {
    what: "a graph that appends at each row's own length, with more rows than places",
    files: { graph: join(tinyModels, 'llama-fp32/model.onnx'), steps: undefined },
    ...{ headDim: 16, d: 64, vocabulary: 192, rows: 90 },
  },
  {
    what: 'a graph that puts the new after the past',
    files: { graph: join(tinyModels, 'architectures/llama/optimum/model.onnx'), steps: undefined },
    ...{ headDim: 16, d: 32, vocabulary: 96, rows: 9 },
  },
  {
    what: 'a graph for prompts and one for steps',
    files: { graph: join(qwen2, 'decoder_model.onnx'), steps: join(qwen2, 'decoder_with_past_model.onnx') },
    ...{ headDim: 16, d: 32, vocabulary: 96, rows: 5 },
  },
];

describe('the KV cache on WebGPU', () => {
  beforeEach(({ skip }) => skip(why !== undefined, `needs WebGPU, a software adapter is enough: ${why}`));

  test.each(models)(
    'stays there, is freed, and gives replies of rows that end apart token for token as on the CPU: $what',
    async ({ files, rows, ...sizes }) => {
      const model = await sessionModel(files, sizes);
      const cpu = await replies(model, rows);
      const lengths = new Set(cpu.map(({ tokens }) => tokens.length));
      expect(lengths.size).toBeGreaterThan(3);

      const crossed = watchRuns();
      const left = countTensors();
      const gpu = await replies({ ...model, device: 'webgpu' }, rows);
      expect(gpu.map(({ tokens }) => tokens)).toEqual(cpu.map(({ tokens }) => tokens));
      expect(crossed.filter((name) => /past|present/.test(name))).toEqual([]);
      expect(crossed).toContain('next_token');
      expect(left.made()).toBeGreaterThan(maxNewTokens * model.kv.names.length);
      expect(left.live()).toBe(0);
    },
  );
});

async function replies(model: SessionModel, count: number): Promise<RawReply[]> {
  const random = seededRandom(5);
  const rows = Array.from({ length: count }, (_, row) => ({
    ids: Array.from({ length: 2 + Math.floor(random() * 9) }, () => 1 + Math.floor(random() * 90)),
    strength: row % 3,
  }));
  const chat = await openChatSession(model, layers, layers);
  const size = layers.length * model.hiddenSize;
  const thresholds = new Float32Array(layers.length).fill(-Infinity);
  chat.setSteering({ w: noise(1, size), r: noise(2, size), thresholds });
  const made = await chat.reply(
    rows,
    {
      maxNewTokens,
      endTokens: new Set(),
      isEnough: (row, { length }) => length === 1 + ((row * 5) % maxNewTokens),
    },
    { checkpoint: () => Promise.resolve() },
  );
  await chat.release();
  return made;
}

/** Notes each tensor, by its name, that a run takes from host memory or brings there; empty ones do not count. */
function watchRuns(): string[] {
  const crossed: string[] = [];
  const note = (tensors: Readonly<Record<string, Tensor>>): void => {
    for (const [name, { location, size }] of Object.entries(tensors))
      if (location === 'cpu' && size > 0) crossed.push(name);
  };
  const { prototype } = InferenceSession as unknown as { readonly prototype: Session };
  const run = Reflect.get(prototype, 'run');
  const spy = vi.spyOn(prototype, 'run').mockImplementation(async function (this: Session, feeds, wanted) {
    note(feeds);
    const made = await Reflect.apply(run, this, [feeds, wanted]);
    note(made);
    return made;
  });
  onTestFinished(() => {
    spy.mockRestore();
  });
  return crossed;
}

/** Counts the tensors that onnxruntime leaves on the device, and those of them that are not disposed of. */
function countTensors(): { made(): number; live(): number } {
  let [made, live] = [0, 0];
  const fromGpuBuffer = Tensor.fromGpuBuffer.bind(Tensor);
  const spy = vi.spyOn(Tensor, 'fromGpuBuffer').mockImplementation((buffer, options) => {
    made += 1;
    live += 1;
    const dispose = (): void => {
      live -= 1;
      options.dispose?.();
    };
    return fromGpuBuffer(buffer, { ...options, dispose });
  });
  onTestFinished(() => {
    spy.mockRestore();
  });
  return { made: () => made, live: () => live };
}
