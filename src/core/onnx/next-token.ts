import { TensorProto_DataType } from 'onnx-buf';
import type { GraphEdit } from './graph/graph-edit.ts';
import type { Dim } from './graph/tensor-port.ts';

/**
 * Adds the outputs `next_token`, int64 [batch, 1]: the place of the largest of `logits` f32 [batch, 1, vocab], the first of
 * equal ones; and `next_logit`, f32 [batch, 1]: that logit. So the logits need not leave the graph: 200 kB a row and step on
 * the quickstart's model. Where they are no numbers, the place is 0 and the logit says so.
 */
export function addNextToken(edit: GraphEdit, batch: Dim): void {
  const place = edit.node('ArgMax', ['logits'], 'next_token', { axis: 2, keepdims: 0, select_last_index: 0 });
  edit.output(place, TensorProto_DataType.INT64, [batch, 1]);
  const index = edit.node('Unsqueeze', [place, edit.int64([2], 'next_axis')], 'next_place');
  const logit = edit.node('GatherND', ['logits', index], 'next_logit', { batch_dims: 2 });
  edit.output(logit, TensorProto_DataType.FLOAT, [batch, 1]);
}
