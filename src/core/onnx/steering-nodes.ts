import type { GraphEdit } from './graph-edit.ts';
import { lastResidual } from './last-residual.ts';
import { TensorProto_DataType, type NodeProto } from './onnx_pb.ts';
import { afterRedirect, type ResidualStream } from './residual-stream.ts';
import type { Dim } from './tensor-port.ts';
import type { TokenLayout } from './token-layout.ts';

/** Names of the ports that steering adds; L steered layers in the order they were asked for. */
export interface SteeringPorts {
  /** Input f32 [L, d]. */
  readonly w: string;
  /** Input f32 [L, d]. */
  readonly r: string;
  /** Input f32 [batch, L]; 0 in a decode step: steering is for prefill only. */
  readonly strength: string;
  /** Input f32 [batch, L]: so many times r is added whatever the score, where that is above the threshold; 0 in a decode step. */
  readonly constant: string;
  /** Input f32 [L]: a row whose score is not above it is left as it is; -Infinity steers every row, as the paper does. */
  readonly threshold: string;
  /** Output f32 [batch, L]: h_last · w, before the layer's own steering. */
  readonly scores: string;
  /** Output f32 [batch, L]: ‖h_last‖. */
  readonly norms: string;
}

const float = TensorProto_DataType.FLOAT;

/**
 * Adds h' = h + (strength (h_last · w) + constant) r to every position of the block, for each layer of `steered`. Where
 * strength and constant are both 0, or the score h_last · w is not above the layer's threshold, the delta is chosen to be
 * -0, whatever the product (0 · Inf is NaN, and x + 0 turns a -0 into +0): x + -0 is x in every bit. The constant is what
 * AlphaSteer is compared with; its products with r are summed, not its coefficient, so that a constant of 0 leaves the
 * bits of steering by the score.
 *
 * A decode step pays for these nodes too, so what can be done for all layers at once is: 9 nodes a layer are left. Measured
 * on the quickstart model (30 layers, one thread, CPU time, interleaved): with 6 nodes a layer, 14 layers cost a decode step
 * of one row 0 to 2.5 %, of four rows -1.5 to 1.3 %, so no more than sessions of the same graph differ; all 30 layers cost
 * 5 % at one row and nothing measurable at four. The threshold and the constant came later; the constant moved no figure by
 * more than sessions of the same graph differ (2 to 6 %). An `If` a layer that skips the nodes was tried: -1 to 2 % at one
 * row, up to 2.6 % at four, no clear gain for a second code path. A second session without the nodes would hold the weights
 * twice.
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
  const w = edit.input('steer_w', float, [count, stream.hiddenSize]);
  const r = edit.input('steer_r', float, [count, stream.hiddenSize]);
  const strength = edit.input('steer_strength', float, [batch, count]);
  const constant = edit.input('steer_constant', float, [batch, count]);
  const threshold = edit.input('steer_threshold', float, [count]);
  const axis2 = edit.int64([2], 'steer_axis2');
  const split = (tensor: string, axis: number): string[] =>
    edit.nodeOf(
      'Split',
      [tensor],
      steered.map((layer) => `${tensor}_of${layer}`),
      { axis, ...(opset >= 18 && { num_outputs: count }) },
    );

  const strengths = edit.node('Unsqueeze', [strength, axis2], 'steer_strengths'); // [batch, L, 1]
  const columns = split(edit.node('Transpose', [w], 'steer_columns'), 1); // [d, 1] each
  const directions = split(edit.node('Mul', [strengths, r], 'steer_directions'), 1); // [batch, 1, d] each
  const constants = edit.node('Unsqueeze', [constant, axis2], 'steer_constants'); // [batch, L, 1]
  const pushes = split(edit.node('Mul', [constants, r], 'steer_pushes'), 1); // [batch, 1, d] each
  const zero = edit.float32(0, 'steer_zero');
  const isZero = (tensor: string): string => edit.node('Equal', [tensor, zero], `${tensor}_equal`);
  const idle = edit.node('And', [isZero(strengths), isZero(constants)], 'steer_idle');
  const asked = split(edit.node('Not', [idle], 'steer_asked'), 1); // [batch, 1, 1] each
  const thresholds = split(threshold, 0); // [1] each
  const nothing = edit.float32(-0, 'steer_nothing');

  let steeredStream = stream;
  const readings = steered.map((layer, k) => {
    const addend = stream.layers[layer]!.at(-1)!;
    const readers = edit.readersOf(addend);
    const h = lastResidual(edit, steeredStream, layer, layout); // [batch, 1, d]
    const score = edit.node('MatMul', [h, columns[k]!], `steer_score${layer}`); // [batch, 1, 1]
    const scaled = edit.node('Mul', [score, directions[k]!], `steer_scaled${layer}`); // [batch, 1, d]
    const full = edit.node('Add', [scaled, pushes[k]!], `steer_full${layer}`); // [batch, 1, d]
    const above = edit.node('Greater', [score, thresholds[k]!], `steer_above${layer}`);
    const on = edit.node('And', [asked[k]!, above], `steer_on${layer}`);
    const delta = edit.node('Where', [on, full, nothing], `steer_delta${layer}`);
    const addition = layout.toTokens(delta);
    const sum = addDelta(edit, addend, addition, stream.elementType);
    edit.redirect(readers, addend, sum);
    steeredStream = afterRedirect(steeredStream, addend, sum);
    if (stream.elementType === float && edit.producerOf(addend)?.opType === 'DequantizeLinear')
      keepNormApart(edit, sum, edit.node('Add', [addend, addition], 'steer_sum'));
    return { h, score };
  });

  const together = (parts: string[], name: string): string => edit.node('Concat', parts, name, { axis: 1 });
  const scores = together(
    readings.map(({ score }) => score),
    'steer_score',
  ); // [batch, L, 1]
  const hs = together(
    readings.map(({ h }) => h),
    'steer_h',
  ); // [batch, L, d]
  const square = edit.node('ReduceSum', [edit.node('Mul', [hs, hs], 'steer_squares'), axis2], 'steer_square', {
    keepdims: 0,
  });
  const ports = {
    w,
    r,
    strength,
    constant,
    threshold,
    scores: edit.output(edit.node('Squeeze', [scores, axis2], 'steer_scores'), float, [batch, count]),
    norms: edit.output(edit.node('Sqrt', [square], 'steer_norms'), float, [batch, count]),
  };
  return { ports, stream: steeredStream };
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
