import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { TensorProto_DataType } from 'onnx-buf';
import { bakeSteering } from '../../../src/core/onnx/bake-steering.ts';
import { GraphEdit } from '../../../src/core/onnx/graph/graph-edit.ts';
import { logitsToKeep } from '../../../src/core/onnx/logits-to-keep.ts';
import { readModelPorts } from '../../../src/core/onnx/model-ports.ts';
import { readModel, writeModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { openChatSession, openExtractionSession, type SessionModel } from '../../../src/worker/session/model-session.ts';
import { checkStrengthZero } from '../../../src/worker/model/strength-zero.ts';
import { sessionModel } from './session-model.ts';
import { ModelUnderTest, relativeError, row, run, tinyModels, unlimited, type Expected } from './tiny-model.ts';

const layers = [0, 1];
const folder = join(tinyModels, 'architectures/llama');
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected & {
  headDim: number;
  replies: number[][];
};
const { prompts, steering, headDim } = expected;
const sizes = { headDim, d: steering.w[0]!.length, vocabulary: expected.logits[0]!.length };
const quiet = { checkpoint: () => Promise.resolve(), progress: () => undefined, problem: () => undefined };

const cases = ['optimum', 'genai'].flatMap((exporter) => [[], [1]].map((dims) => ({ exporter, dims })));

test.each(cases)(
  'a graph by $exporter that asks how many logits, in a tensor of shape $dims, gives what it gave without',
  async ({ exporter, dims }) => {
    const model = await keepingLogits(join(folder, exporter, 'model.onnx'), dims);
    const extraction = await openExtractionSession(model, layers);
    for (const [i, taps] of (await extraction.run(prompts)).entries())
      expect(relativeError([...taps], expected.hidden[i]!.flat())).toBeLessThan(1e-5);
    await extraction.release();

    const chat = await openChatSession(model, layers, layers);
    chat.setSteering(unlimited(steering));
    const asked = prompts.map((ids) => ({ ids, strength: steering.strength }));
    const replies = await chat.reply(asked, { maxNewTokens: 8, endTokens: new Set() }, quiet);
    await chat.release();
    expect(replies.map(({ tokens }) => tokens)).toEqual(expected.replies);

    const words = { encode: () => ({ ids: prompts[0]! }) };
    const whole = { ...model, layers: layers.length, tokenizer: words } as unknown as Parameters<
      typeof checkStrengthZero
    >[0];
    const compared = await checkStrengthZero(whole, quiet);
    expect(compared.length).toBeGreaterThan(0);
    expect(compared.filter(({ equal }) => !equal)).toEqual([]);
  },
);

test('a steered export still asks how many logits, and gives as many', async () => {
  const model = await keepingLogits(join(folder, 'optimum/model.onnx'), []);
  const [w, r] = [steering.w, steering.r].map((rows) => Float32Array.from(rows.flat()));
  const thresholds = new Float32Array(layers.length).fill(-Infinity);
  const baked = bakeSteering(
    model.graph,
    'model.onnx',
    { layers, w: w!, r: r!, thresholds, strength: steering.strength },
    'a test',
  );
  const session = await InferenceSession.create(baked, { logSeverityLevel: 3 });
  expect(session.inputNames).toContain(logitsToKeep);
  const feeds = new ModelUnderTest(join(folder, 'optimum/model.onnx'), headDim).prefill([prompts[0]!]);
  for (const count of [0, 1, 4]) {
    const out = await run(session, { ...feeds, [logitsToKeep]: new Tensor('int64', BigInt64Array.of(BigInt(count)), []) });
    const positions = count === 0 ? prompts[0]!.length : count;
    expect(out['logits']!.dims).toEqual([1, positions, sizes.vocabulary]);
    expect(relativeError(row(out['logits']!, 0).slice(-sizes.vocabulary), expected.steered[0]!)).toBeLessThan(1e-5);
  }
});

/** A model with that input, and a Slice by it below the head. */
async function keepingLogits(file: string, dims: readonly number[]): Promise<SessionModel> {
  const found = await sessionModel({ graph: file, steps: undefined }, sizes);
  const model = readModel(found.graph, file);
  const edit = new GraphEdit(model.graph);
  const count = edit.input(logitsToKeep, TensorProto_DataType.INT64, dims);
  const head = edit.producerOf('logits')!;
  const from = edit.node('Reshape', [edit.node('Neg', [count], 'from'), edit.int64([1], 'one')], 'start');
  const kept = edit.node(
    'Slice',
    [head.input[0]!, from, edit.int64([Number.MAX_SAFE_INTEGER], 'end'), edit.int64([1], 'axis')],
    'kept',
  );
  head.input[0] = kept;
  model.graph.node = [...model.graph.node.filter((node) => node !== head), head];
  return { ...found, graph: writeModel(model), ports: readModelPorts(model) };
}
