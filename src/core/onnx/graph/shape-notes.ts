import { readModel, writeModel } from './onnx-model.ts';

/**
 * A graph without the types and shapes that it notes of its inner tensors; nodes, weights, inputs and outputs stay. Undefined
 * where it notes none.
 * @returns the bytes of the graph
 */
export function withoutShapeNotes(bytes: Uint8Array, file: string): Uint8Array | undefined {
  const model = readModel(bytes, file);
  if (model.graph.valueInfo.length === 0) return undefined;
  model.graph.valueInfo = [];
  return writeModel(model);
}
