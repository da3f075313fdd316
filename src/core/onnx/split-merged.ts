import { create } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, NodeProtoSchema, type GraphProto } from 'onnx-buf';
import { HumanError } from '../problem.ts';
import { readModel, writeModel, type OnnxModel } from './graph/onnx-model.ts';
import { pruneGraph } from './graph/prune-graph.ts';

/** The graphs of a model that was exported as two. */
export interface DecoderGraphs {
  /** For whole prompts: it takes no past. */
  readonly prompts: OnnxModel;
  /** For decoding steps. */
  readonly steps: OnnxModel;
}

const choosing = 'use_cache_branch';

/**
 * Takes a merged decoder (`decoder_model_merged`, by optimum 1.x) apart: an `If` holds it without a past and with one. Both are
 * needed: the one with a past was traced with a single token, and in some exports has no causal mask. Against PyTorch, a
 * prompt's last logits through it with an empty past were right for Llama and Gemma by optimum 1.21, and 19 to 99 % off for
 * Mistral and Qwen 2 by the same and for Llama by 1.13; those through the one without a past were right in all.
 * @returns undefined for a model that is none
 * @throws {HumanError} when it is merged in another way
 */
export function splitMerged(model: OnnxModel): DecoderGraphs | undefined {
  const { file, proto, graph } = model;
  if (!graph.input.some(({ name }) => name === choosing)) return undefined;
  const choices = graph.node.filter(({ opType, input }) => opType === 'If' && input[0] === choosing);
  const [withPast, noPast] = ['then_branch', 'else_branch'].map(
    (branch) => choices[0]?.attribute.find(({ name }) => name === branch)?.g,
  );
  if (choices.length !== 1 || !withPast || !noPast) {
    throw new HumanError({
      file,
      message: `The model has an input ${choosing}, but not one If that chooses by it between a graph with a past and one without.`,
      fix: 'Use a current export (model.onnx), or report the model and its exporter.',
    });
  }
  const alone = (branch: GraphProto): OnnxModel => {
    const flat = flatten(graph, branch, choices[0]!.output);
    const whole = { file, proto: create(ModelProtoSchema, { ...proto, graph: flat }), graph: flat };
    pruneGraph(whole);
    return whole;
  };
  return { prompts: alone(noPast), steps: alone(withPast) };
}

/**
 * Puts the graph for prompts, edited, back into the merged model that it was taken from.
 * @param bytes of the merged model
 * @param edited bytes of the graph, with the inputs and outputs it had
 */
export function mergeAgain(bytes: Uint8Array, file: string, edited: Uint8Array): Uint8Array {
  const model = readModel(bytes, file);
  const prompts = readModel(edited, file);
  const { graph, proto } = model;
  const known = new Set(graph.initializer.map(({ name }) => name));
  const choice = graph.node.find(({ opType, input }) => opType === 'If' && input[0] === choosing);
  const branch = choice?.attribute.find(({ name }) => name === 'else_branch')?.g;
  if (!branch) throw new RangeError('Only a merged model can be merged again.');
  branch.node = prompts.graph.node;
  branch.initializer = prompts.graph.initializer.filter(({ name }) => !known.has(name));
  branch.output = prompts.graph.output;
  proto.metadataProps = prompts.proto.metadataProps;
  return writeModel(model);
}

/** The graph with its `If` replaced by what is in a branch. */
function flatten(graph: GraphProto, branch: GraphProto, outputs: readonly string[]): GraphProto {
  const renamed = branch.output.flatMap(({ name }, i) =>
    name === outputs[i] ? [] : create(NodeProtoSchema, { opType: 'Identity', input: [name], output: [outputs[i]!] }),
  );
  return create(GraphProtoSchema, {
    name: branch.name,
    node: [...graph.node.filter(({ input }) => input[0] !== choosing), ...branch.node, ...renamed],
    input: graph.input.filter(({ name }) => name !== choosing),
    output: graph.output,
    initializer: [...graph.initializer, ...branch.initializer],
    sparseInitializer: [...graph.sparseInitializer, ...branch.sparseInitializer],
  });
}
