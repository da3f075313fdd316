import { TensorProto_DataType } from 'onnx-buf';
import { HumanError } from '../problem.ts';
import { logitsToKeep } from './logits-to-keep.ts';
import type { OnnxModel } from './graph/onnx-model.ts';
import { tensorPort, type TensorPort } from './graph/tensor-port.ts';

/** One layer's part of the KV cache. Shapes are [batch, kv heads, past length, head dim], a dimension without a size by name. */
export interface CachePorts {
  readonly layer: number;
  readonly key: TensorPort;
  readonly value: TensorPort;
  readonly presentKey: TensorPort;
  readonly presentValue: TensorPort;
}

/** What a causal language model is fed and gives. Ids, mask and positions are int64 [batch, length]. */
export interface ModelPorts {
  readonly inputIds: TensorPort;
  readonly attentionMask: TensorPort | undefined;
  readonly positionIds: TensorPort | undefined;
  readonly cache: readonly CachePorts[];
  /** int64 [] or [1]: see `logits-to-keep`. */
  readonly logitsToKeep: TensorPort | undefined;
  /** [batch, seq, vocab]. */
  readonly logits: TensorPort;
  /**
   * Activations are quantized to int8 with one scale for the whole batch (DynamicQuantizeLinear): rows change each
   * other's numbers, so only a batch of 1 can be compared.
   */
  readonly scalesOverBatch: boolean;
  /**
   * Every layer's cache is GroupQueryAttention's, which appends at each row's own length, into the past's own memory; else
   * a step's tokens are concatenated to the end of the past, padding included.
   */
  readonly appendsByRow: boolean;
}

/**
 * Reads a model's ports from its graph.
 * @param model what prompts run through
 * @param steps what decodes, where that is another graph: the past is its input
 * @throws {HumanError} when one is missing, or there is an input that we wouldn't know how to feed
 */
export function readModelPorts(model: OnnxModel, steps = model): ModelPorts {
  const { file, graph } = model;
  const inputs = inputsOf(model);
  const stepInputs = inputsOf(steps);
  const outputs = new Map(graph.output.map((info) => [info.name, tensorPort(info)]));
  const need = (ports: ReadonlyMap<string, TensorPort | undefined>, name: string): TensorPort => {
    const port = ports.get(name);
    if (port) return port;
    throw unusable(
      file,
      `has no ${ports === outputs ? 'output' : 'input'} ${name} (found: ${list([...ports.keys()])})`,
    );
  };

  if (
    graph.node.some(({ attribute }) => attribute.some(({ name, i }) => name === 'sliding_window_cache' && i !== 0n))
  ) {
    throw unusable(file, 'keeps a sliding-window cache, whose size is fixed, which AlphaSteer does not fill');
  }
  const cache = [...stepInputs.keys()]
    .flatMap((name) => /^past_key_values\.(\d+)\.key$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
    .map((layer) => ({
      layer,
      key: need(stepInputs, `past_key_values.${layer}.key`),
      value: need(stepInputs, `past_key_values.${layer}.value`),
      presentKey: need(outputs, `present.${layer}.key`),
      presentValue: need(outputs, `present.${layer}.value`),
    }));
  const integers = ['attention_mask', 'position_ids', logitsToKeep].map(
    (name) => inputs.get(name) ?? stepInputs.get(name),
  );
  const ports: ModelPorts = {
    inputIds: need(inputs, 'input_ids'),
    attentionMask: integers[0],
    positionIds: integers[1],
    logitsToKeep: integers[2],
    cache,
    logits: need(outputs, 'logits'),
    appendsByRow: cache.every(({ presentKey }) =>
      graph.node.some(({ opType, output }) => opType === 'GroupQueryAttention' && output.includes(presentKey.name)),
    ),
    scalesOverBatch: graph.node.some(({ opType }) => opType === 'DynamicQuantizeLinear'),
  };

  const fed = [ports.inputIds, ...integers, ...cache.flatMap(({ key, value }) => [key, value])];
  const known = new Set(fed.map((port) => port?.name));
  const strange = [...inputs, ...stepInputs].flatMap(([name, port]) => (port && known.has(name) ? [] : [name]));
  if (strange.length > 0) throw unusable(file, `has inputs that AlphaSteer can't feed: ${list(strange)}`);
  const wrong = [ports.inputIds, ...integers].filter((port) => port && port.elementType !== TensorProto_DataType.INT64);
  if (wrong.length > 0)
    throw unusable(file, `has inputs that are not int64: ${list(wrong.map((port) => port?.name ?? ''))}`);
  return ports;
}

function inputsOf({ graph }: OnnxModel): Map<string, TensorPort | undefined> {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  return new Map(graph.input.filter(({ name }) => !constants.has(name)).map((info) => [info.name, tensorPort(info)]));
}

function list(names: readonly string[]): string {
  return names.slice(0, 6).join(', ') + (names.length > 6 ? ` and ${names.length - 6} more` : '');
}

function unusable(file: string, what: string): HumanError {
  return new HumanError({
    file,
    message: `The model ${what}.`,
    fix: 'Use a text-generation export with a KV cache (inputs input_ids, attention_mask, past_key_values.*; output logits).',
  });
}
