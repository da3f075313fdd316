import type { GraphEdit } from './graph-edit.ts';
import { TensorProto_DataType } from './onnx_pb.ts';
import type { ResidualStream } from './residual-stream.ts';

/**
 * Adds nodes that gather, from a tensor [batch, seq, d], each row's own position.
 * @param position int64 [batch, 1, 1]
 * @returns the tensor [batch, 1, d]
 */
export function gatherLast(edit: GraphEdit, tensor: string, position: string): string {
  return edit.node('GatherND', [tensor, position], 'steer_last', { batch_dims: 1 });
}

/**
 * Adds nodes that compute h_l at each row's last real token, f32 [batch, 1, d]. Gathers first and adds then, in f32 also
 * on f16 models: so only one position is added, and the sum isn't rounded to f16 as the stream itself is.
 */
export function lastResidual(edit: GraphEdit, stream: ResidualStream, layer: number, position: string): string {
  const parts = (stream.layers[layer] ?? []).map((addend) => {
    const last = gatherLast(edit, addend, position);
    return stream.elementType === TensorProto_DataType.FLOAT
      ? last
      : edit.node('Cast', [last], 'steer_last_f32', { to: TensorProto_DataType.FLOAT });
  });
  return parts.reduce((sum, part) => edit.node('Add', [sum, part], `steer_h${layer}`));
}
