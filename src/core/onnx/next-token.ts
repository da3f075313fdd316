import type { GraphEdit } from './graph-edit.ts';
import { TensorProto_DataType } from './onnx_pb.ts';
import type { Dim } from './tensor-port.ts';

/**
 * Adds the output `next_token`, int64 [batch, 1]: the place of the largest of `logits` f32 [batch, 1, vocab], the first of
 * equal ones. So the logits need not leave the graph: 200 kB a row and step on the quickstart's model.
 */
export function addNextToken(edit: GraphEdit, batch: Dim): string {
  const place = edit.node('ArgMax', ['logits'], 'next_token', { axis: 2, keepdims: 0, select_last_index: 0 });
  return edit.output(place, TensorProto_DataType.INT64, [batch, 1]);
}
