import type { GraphProto, NodeProto } from 'onnx-buf';
import { followNumbers } from './bottlenecks.ts';
import { indexGraph, type GraphIndex } from '../graph/graph-index.ts';
import { nodeInputs } from '../graph/node-inputs.ts';
import { nodesFor } from '../graph/prune-graph.ts';

/**
 * The tensor [batch, seq, d] above which the logits of a position hang on nothing but its own row: so the head can be given
 * one position. Mostly it is the last residual. Exports of GPT-2 and its like lay the normed residual out once more, as
 * Reshape(-1, seq, d) with seq from the shape of `input_ids`, and only what is above that can be given fewer positions.
 * @param residual the tensor after the last block
 * @returns the tensor, or what didn't fit, as a clause for a message
 */
export function findHeadInput(graph: GraphProto, residual: string): string | { readonly misfit: string } {
  const index = indexGraph(graph);
  const nodes = nodesFor(graph, ['logits'])!;
  const flow = followNumbers(index, nodes, index.producers.get(residual)!);
  const fed = fedTensors(graph, nodes);
  const above = (tensor: string): NodeProto | undefined => firstThatReads(nodes, tensor, fed);
  const reader = above(residual);
  if (!reader) return residual;
  const shaped = flow
    .bottlenecks(index.producers.get('logits')!)
    .find(({ opType, output }) => opType === 'Reshape' && !above(output[0]!));
  if (shaped && isOfThree(index, shaped.input[1]!)) return shaped.output[0]!;
  return { misfit: `${reader.opType} ${reader.name} above the last block reads the model's inputs` };
}

/** The tensors that hang on what the graph is fed: its numbers or its shape. */
function fedTensors({ input, initializer }: GraphProto, nodes: readonly NodeProto[]): ReadonlySet<string> {
  const fed = new Set(input.map(({ name }) => name));
  for (const { name } of initializer) fed.delete(name);
  for (const node of nodes)
    if (nodeInputs(node).some((name) => fed.has(name))) for (const name of node.output) fed.add(name);
  return fed;
}

/** The first node computed from `tensor` that also reads what the graph is fed by another way. */
function firstThatReads(nodes: readonly NodeProto[], tensor: string, fed: ReadonlySet<string>): NodeProto | undefined {
  const made = new Set([tensor]);
  for (const node of nodes) {
    const read = nodeInputs(node);
    if (!read.some((name) => made.has(name))) continue;
    if (read.some((name) => !made.has(name) && fed.has(name))) return node;
    for (const name of node.output) made.add(name);
  }
  return undefined;
}

/** Whether a shape is put together from three sizes. */
function isOfThree({ producers }: GraphIndex, shape: string): boolean {
  const node = producers.get(shape);
  return node?.opType === 'Concat' && node.input.length === 3;
}
