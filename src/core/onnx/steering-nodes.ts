import { TensorProto_DataType, type NodeProto } from 'onnx-buf';
import type { GraphEdit } from './graph/graph-edit.ts';
import { lastResidual } from './last-residual.ts';
import { afterRedirect, type ResidualStream } from './residual/residual-stream.ts';
import type { Dim } from './graph/tensor-port.ts';
import type { TokenLayout } from './token-layout.ts';

/** Names of the ports that steering adds; L steered layers in the order they were asked for. */
export interface SteeringPorts {
  /** Input f32 [d, L]: w of each layer as a column. */
  readonly w: string;
  /** Input f32 [batch, L, d]: strength times r. */
  readonly direction: string;
  /** Input f32 [batch, L, d]: what is added whatever the score, where that is above the threshold. */
  readonly push: string;
  /**
   * Input f32 [batch, L, 1]: a row whose score is not above it is left as it is. -Infinity steers every row, as the paper
   * does; Infinity none: in a decode step, as steering is for prefill only.
   */
  readonly threshold: string;
  /** Output f32 [batch, L, 1]: h_last · w, before the layer's own steering. */
  readonly scores: string;
}

const float = TensorProto_DataType.FLOAT;

/**
 * Adds h' = h + (h_last · w) direction + push to every position of the block, for each layer of `steered`. Where the score
 * h_last · w is not above the row's threshold, the delta is chosen to be -0, whatever the sum (0 · Inf is NaN, and x + 0 turns
 * a -0 into +0): x + -0 is x in every bit. The constant is what AlphaSteer is compared with; its products with r are summed, not
 * its coefficient, so that a constant of 0 leaves the bits of steering by the score.
 *
 * A decode step pays for these nodes too, at one row about a thousandth of its time for every three of them (quickstart,
 * 30 layers), so what can be worked out before is: strength times r, whether a row is steered at all, the norms of h. An `If`
 * a layer that skips the nodes was tried: -1 to 2 % at one row, up to 2.6 % at four, no clear gain for a second code path.
 * A second session without the nodes would hold the weights twice.
 *
 * @param layout tells each row's last real token
 * @returns the ports, and the stream with what was added
 */
export function addSteering(
  edit: GraphEdit,
  stream: ResidualStream,
  steered: readonly number[],
  { layout, batch, opset }: { layout: TokenLayout; batch: Dim; opset: number },
): { ports: SteeringPorts; stream: ResidualStream } {
  const count = steered.length;
  const { hiddenSize } = stream;
  const w = edit.input('steer_w', float, [hiddenSize, count]);
  const direction = edit.input('steer_direction', float, [batch, count, hiddenSize]);
  const push = edit.input('steer_push', float, [batch, count, hiddenSize]);
  const threshold = edit.input('steer_threshold', float, [batch, count, 1]);
  const ofEach = (tensor: string): string[] =>
    edit.nodeOf(
      'Split',
      [tensor],
      steered.map((layer) => `${tensor}_of${layer}`),
      { axis: 1, ...(opset >= 18 && { num_outputs: count }) },
    );

  const columns = ofEach(w); // [d, 1] each
  const directions = ofEach(direction); // [batch, 1, d] each
  const pushes = ofEach(push);
  const thresholds = ofEach(threshold); // [batch, 1, 1] each
  const nothing = edit.float32(-0, 'steer_nothing');

  let steeredStream = stream;
  const scores = steered.map((layer, k) => {
    const addend = stream.layers[layer]!.at(-1)!;
    const readers = edit.readersOf(addend);
    const h = lastResidual(edit, steeredStream, layer, layout); // [batch, 1, d]
    const score = edit.node('MatMul', [h, columns[k]!], `steer_score${layer}`); // [batch, 1, 1]
    const scaled = edit.node('Mul', [score, directions[k]!], `steer_scaled${layer}`); // [batch, 1, d]
    const full = edit.node('Add', [scaled, pushes[k]!], `steer_full${layer}`);
    const above = edit.node('Greater', [score, thresholds[k]!], `steer_above${layer}`);
    const delta = edit.node('Where', [above, full, nothing], `steer_delta${layer}`);
    const addition = layout.toTokens(delta);
    const sum = addDelta(edit, addend, addition, stream.elementType);
    edit.redirect(readers, addend, sum);
    steeredStream = afterRedirect(steeredStream, addend, sum);
    if (stream.elementType === float && edit.producerOf(addend)?.opType === 'DequantizeLinear')
      keepNormApart(edit, sum, edit.node('Add', [addend, addition], 'steer_sum'));
    return score;
  });

  const together = edit.node('Concat', scores, 'steer_scores', { axis: 1 });
  const ports = { w, direction, push, threshold, scores: edit.output(together, float, [batch, count, 1]) };
  return { ports, stream: steeredStream };
}

/** [L * d] by rows as [d * L], each row a column: what {@link SteeringPorts.w} takes. */
export function asColumns(rows: Float32Array, d: number): Float32Array {
  const count = rows.length / d;
  return Float32Array.from(rows, (_, i) => rows[(i % count) * d + Math.floor(i / count)]!);
}

/**
 * The embedding of an int8 export comes out of a DequantizeLinear, which onnxruntime repeats for each of its readers, so that
 * the norm's square and its quotient read different tensors and the norm is not fused. One sum in between would let it be
 * fused, and a fused norm rounds otherwise: strength 0 would change the last bit. So the square reads `other`, an equal sum;
 * each gets a DequantizeLinear of its own, which keeps onnxruntime from making them one. The Cast from f32 to f32 that exporters
 * put before a norm is left out, as onnxruntime leaves it out: with it, onnxruntime 1.30 makes a graph that it then refuses.
 */
function keepNormApart(edit: GraphEdit, sum: string, other: string): void {
  const isSquare = ({ opType }: NodeProto): boolean => opType === 'Pow';
  const toFloat = edit
    .readersOf(sum)
    .filter(
      ({ opType, attribute }) =>
        opType === 'Cast' && attribute.some(({ name, i }) => name === 'to' && i === BigInt(float)),
    );
  for (const { output } of toFloat) edit.redirect(edit.readersOf(output[0]!), output[0]!, sum);
  edit.redirect(edit.readersOf(sum).filter(isSquare), sum, other);
}

/**
 * `tensor` of all tokens plus `delta` f32, of their rows. On f16 models by Casts and an f32 Add: an f16 Add has no CPU
 * kernel, and around a node without one onnxruntime moves neighbouring norms to f32 as well
 * (ForceSingleNodeCPUFloat16ToFloat32), which changes bits at strength 0.
 */
function addDelta(edit: GraphEdit, tensor: string, delta: string, type: TensorProto_DataType): string {
  if (type === float) return edit.node('Add', [tensor, delta], 'steer_sum');
  const sum = edit.node('Add', [edit.node('Cast', [tensor], 'steer_f32', { to: float }), delta], 'steer_sum');
  return edit.node('Cast', [sum], 'steer_cast', { to: type });
}
