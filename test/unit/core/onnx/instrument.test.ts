import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeProtoSchema, type GraphProto } from 'onnx-buf';
import { instrument, type InstrumentOptions } from '../../../../src/core/onnx/instrument.ts';
import { nodeInputs, subgraphs } from '../../../../src/core/onnx/graph/node-inputs.ts';
import { readModel, writeModel } from '../../../../src/core/onnx/graph/onnx-model.ts';
import { HumanError } from '../../../../src/core/problem.ts';
import { tinyBytes } from './tiny-bytes.ts';

const file = 'model.onnx';
const llama = tinyBytes('llama-int4');
const layers = fc.uniqueArray(fc.nat(2));
const options: fc.Arbitrary<InstrumentOptions> = fc
  .record({
    steered: layers,
    taps: layers,
    logits: fc.constantFrom('all', 'last', 'none'),
    cache: fc.boolean(),
    decoding: fc.constantFrom('newest', 'whole', undefined),
    packed: fc.boolean(),
  })
  .map(({ decoding, ...wanted }) => ({
    ...wanted,
    ...(decoding && wanted.cache && wanted.logits === 'last' && { decoding }),
  }))
  .filter(({ steered, taps, logits, cache }) => steered.length + taps.length > 0 || logits !== 'none' || cache);

describe('an edited graph', () => {
  test('reads nothing that is not made before it, makes nothing twice, and keeps nothing unused', () => {
    fc.assert(
      fc.property(options, (wanted) => {
        const { graph } = readModel(instrument(llama, file, wanted).bytes, file);
        const ready = new Set([...graph.input, ...graph.initializer].map(({ name }) => name));
        expect(ready.size).toBe(graph.input.length + graph.initializer.length);
        const used = new Set(graph.output.map(({ name }) => name));
        for (const node of graph.node) {
          expect(nodeInputs(node).filter((name) => !ready.has(name))).toEqual([]);
          for (const name of nodeInputs(node)) used.add(name);
          for (const name of node.output) {
            if (name === '') continue;
            expect(ready.has(name)).toBe(false);
            ready.add(name);
          }
        }
        expect(graph.output.filter(({ name }) => !ready.has(name))).toEqual([]);
        expect([...graph.input, ...graph.initializer].filter(({ name }) => !used.has(name))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('has the ports asked for, and says what they are called', () => {
    fc.assert(
      fc.property(options, (wanted) => {
        const edited = instrument(llama, file, wanted);
        const { graph } = readModel(edited.bytes, file);
        expect(edited.inputs).toEqual(graph.input.map(({ name }) => name));
        expect(edited.outputs).toEqual(graph.output.map(({ name }) => name));
        expect(edited.taps !== undefined).toBe(wanted.taps.length > 0);
        expect(edited.steering !== undefined).toBe(wanted.steered.length > 0);
        expect(edited.outputs.includes('logits')).toBe(wanted.logits !== 'none');
        expect(edited.outputs.includes('present.0.key')).toBe(wanted.cache && wanted.decoding !== 'newest');
        expect(edited.packed).toBe(wanted.packed);
        if (wanted.cache) {
          expect(edited.inputs.includes('packed_rows')).toBe(wanted.packed);
          expect(edited.inputs.includes('packed_owners')).toBe(wanted.packed && wanted.steered.length > 0);
        }
        for (const name of ['next_token', 'next_logit'])
          expect(edited.outputs.includes(name)).toBe(wanted.decoding !== undefined);
        for (const name of ['present.0.key.newest', 'present.2.value.newest'])
          expect(edited.outputs.includes(name)).toBe(wanted.decoding === 'newest');
      }),
      { numRuns: 60 },
    );
  });

  test('keeps its weights where they were', () => {
    const before = new Map(readModel(llama, file).graph.initializer.map((tensor) => [tensor.name, tensor]));
    const { bytes } = instrument(llama, file, { steered: [1], taps: [2], logits: 'last', cache: true });
    const kept = readModel(bytes, file).graph.initializer.filter(({ name }) => before.has(name));
    expect(kept.length).toBe(before.size);
    for (const tensor of kept) expect(tensor).toEqual(before.get(tensor.name));
  });
});

test('an edited graph never takes a name that the model uses', () => {
  const { graph } = readModel(
    instrument(llama, file, { steered: [0, 2], taps: [1], logits: 'last', cache: true }).bytes,
    file,
  );
  const ours = namesIn(graph).filter((name) => !namesIn(readModel(llama, file).graph).includes(name));
  expect(ours.length).toBeGreaterThan(25);
  fc.assert(
    fc.property(fc.subarray(ours, { minLength: 1 }), (taken) => {
      const model = readModel(llama, file);
      for (const name of taken)
        model.graph.node.push(
          create(NodeProtoSchema, { opType: 'Identity', input: ['input_ids'], name, output: [name] }),
        );
      const edited = instrument(writeModel(model), file, { steered: [0, 2], taps: [1], logits: 'last', cache: true });
      const made = readModel(edited.bytes, file).graph;
      const ports = [edited.lastPosition, edited.taps, ...Object.values<string>({ ...edited.steering })];
      expect(ports.filter((name) => name !== undefined && taken.includes(name))).toEqual([]);
      expect(namesIn(made).filter((name) => taken.includes(name))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('extraction ends at the highest tap: no block, cache, norm or lm_head above it', () => {
  const edited = instrument(llama, file, { steered: [], taps: [1], logits: 'none', cache: false });
  const { graph } = readModel(edited.bytes, file);
  expect(edited.inputs).toEqual([
    'input_ids',
    'attention_mask',
    'past_key_values.0.key',
    'past_key_values.0.value',
    'last_position',
  ]);
  expect(edited.outputs).toEqual(['residual_taps']);
  expect(graph.node.filter(({ opType }) => opType === 'GroupQueryAttention').length).toBe(1);
  expect(graph.initializer.filter(({ name }) => /layers\.[12]\./.test(name))).toEqual([]);
});

test('a layer that the model does not have is refused with those it has', () => {
  const wanted = { steered: [3], taps: [], logits: 'last', cache: true } as const;
  expect(() => instrument(llama, file, wanted)).toThrow('The model has no layer 3. Choose layers from 0 to 2.');
});

test('a layer that is named twice is refused, not steered twice', () => {
  const last = { logits: 'last', cache: true } as const;
  const message = 'Layer 1 is asked for more than once. Name each layer once.';
  expect(() => instrument(llama, file, { ...last, steered: [1, 0, 1], taps: [] })).toThrow(message);
  expect(() => instrument(llama, file, { ...last, steered: [], taps: [1, 1] })).toThrow(message);
  expect(() => instrument(llama, file, { ...last, steered: [1, 0], taps: [0, 1] })).not.toThrow();
});

test('a damaged model is edited or refused, never a crash', () => {
  const changes = fc.array(fc.tuple(fc.nat(llama.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(changes, (wanted) => {
      const damaged = llama.slice();
      for (const [at, value] of wanted) damaged[at] = value;
      try {
        instrument(damaged, file, { steered: [0, 1], taps: [2], logits: 'last', cache: true });
      } catch (error) {
        expect(error).toBeInstanceOf(HumanError);
      }
    }),
    { numRuns: 100 },
  );
});

/** What nodes make, in the graph and in the graphs inside it. */
function namesIn(graph: GraphProto): string[] {
  return graph.node
    .flatMap((node) => [...node.output, ...subgraphs(node).flatMap(namesIn)])
    .filter((name) => name !== '');
}
