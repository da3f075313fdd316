import type { GraphProto } from 'onnx-buf';
import type { GraphEdit } from './graph/graph-edit.ts';
import { tensorPort } from './graph/tensor-port.ts';

/** An int64 input of newer exports on the hub: of how many positions, from the last one, there shall be logits; 0 for all. */
export const logitsToKeep = 'num_logits_to_keep';

/** Makes that input, where a graph has it, a constant 0: logits of all positions, as without it. */
export function keepAllLogits(edit: GraphEdit, graph: GraphProto): void {
  const port = graph.input.find(({ name }) => name === logitsToKeep);
  if (!port) return;
  graph.input = graph.input.filter((each) => each !== port);
  const isScalar = tensorPort(port)?.dims.length === 0;
  edit.redirect(edit.readersOf(logitsToKeep), logitsToKeep, edit.int64(isScalar ? 0 : [0], 'steer_all_logits'));
}
