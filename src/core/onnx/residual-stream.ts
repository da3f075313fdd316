import type { TensorProto_DataType } from './onnx_pb.ts';

/**
 * Where a graph carries the residual stream. A finder for another layout returns the same shape, and the graph editor
 * needs nothing else.
 */
export interface ResidualStream {
  readonly layout: 'fused';
  /** d, the width of the stream. */
  readonly hiddenSize: number;
  /** FLOAT, FLOAT16 or BFLOAT16. */
  readonly elementType: TensorProto_DataType;
  /**
   * For each layer l the tensors [batch, seq, d] whose sum is h_l, the input of transformer block l (Hugging Face's
   * `hidden_states[l]`). Whatever is added to the last of them is added to h_l, and nothing else in the graph sees it.
   */
  readonly layers: readonly (readonly string[])[];
  /** The final norm's output [batch, seq, d], which lm_head reads. */
  readonly finalNorm: string;
}
