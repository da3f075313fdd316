import type { TensorProto_DataType } from 'onnx-buf';

/**
 * Where a graph carries the residual stream.
 */
export interface ResidualStream {
  /** How its sums are written: as Skip*LayerNormalization, as Add, or some so and some so. */
  readonly layout: 'fused' | 'decomposed' | 'mixed';
  /** d, the width of the stream. */
  readonly hiddenSize: number;
  /** FLOAT, FLOAT16 or BFLOAT16. */
  readonly elementType: TensorProto_DataType;
  /**
   * For each layer l the tensors [batch, seq, d] whose sum is h_l, the input of transformer block l (Hugging Face's
   * `hidden_states[l]`). Whatever is added to the last of them is added to h_l, and nothing else in the graph sees it.
   */
  readonly layers: readonly (readonly string[])[];
  /** The stream above the last block [batch, seq, d], where it is fused already normed: all that the logits are computed from. */
  readonly last: string;
}

/**
 * A stream after the readers of one of its tensors were made to read another. A layer's last addend stays: it is what the
 * layer's own steering is added to.
 */
export function afterRedirect(stream: ResidualStream, from: string, to: string): ResidualStream {
  const layers = stream.layers.map((addends) =>
    addends.map((addend, i) => (addend === from && i < addends.length - 1 ? to : addend)),
  );
  return { ...stream, layers };
}
