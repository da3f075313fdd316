import { TensorProto_DataType } from 'onnx-buf';
import type { GraphEdit } from './graph/graph-edit.ts';
import type { ResidualStream } from './residual/residual-stream.ts';
import type { TokenLayout } from './token-layout.ts';

/**
 * Adds nodes that compute h_l at each row's last real token, f32 [batch, 1, d]; in f32 also on f16 models, so that the
 * sum isn't rounded to f16 as the stream itself is. On f32 the block is added first and gathered then: one node less,
 * which a decode step feels more than a prefill feels the addition.
 */
export function lastResidual(edit: GraphEdit, stream: ResidualStream, layer: number, layout: TokenLayout): string {
  const addends = stream.layers[layer] ?? [];
  const sum = (parts: readonly string[]): string => parts.reduce((a, b) => edit.node('Add', [a, b], `steer_h${layer}`));
  if (stream.elementType === TensorProto_DataType.FLOAT) return layout.last(sum(addends));
  const to = TensorProto_DataType.FLOAT;
  return sum(addends.map((addend) => edit.node('Cast', [layout.last(addend)], 'steer_last_f32', { to })));
}
