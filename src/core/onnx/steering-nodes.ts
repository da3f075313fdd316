import type { GraphEdit } from './graph-edit.ts';
import { TensorProto_DataType } from './onnx_pb.ts';
import type { ResidualStream } from './residual-stream.ts';
import type { Dim } from './tensor-port.ts';

/** Names of the ports that steering adds; L steered layers in the order they were asked for. */
export interface SteeringPorts {
  /** Input f32 [L, d]. */
  readonly w: string;
  /** Input f32 [L, d]. */
  readonly r: string;
  /** Input f32 [batch, L]. */
  readonly strength: string;
  /** Output f32 [batch, L]: h_last · w. */
  readonly scores: string;
  /** Output f32 [batch, L]: ‖h_last‖. */
  readonly norms: string;
}

/**
 * Adds h' = h + strength (h_last · w) r to every position of the block, for each layer of `steered`.
 * Where the strength is 0 the delta is chosen to be -0, whatever the product (0 · Inf is NaN, and x + 0 turns a -0 into
 * +0): x + -0 is x in every bit.
 * @param residuals h_last per layer, f32 [batch, 1, d]
 */
export function addSteering(
  edit: GraphEdit,
  stream: ResidualStream,
  steered: readonly number[],
  residuals: ReadonlyMap<number, string>,
  batch: Dim,
  opset: number,
): SteeringPorts {
  const count = steered.length;
  const float = TensorProto_DataType.FLOAT;
  const w = edit.input('steer_w', float, [count, stream.hiddenSize]);
  const r = edit.input('steer_r', float, [count, stream.hiddenSize]);
  const strength = edit.input('steer_strength', float, [batch, count]);
  const zero = edit.float32(0, 'steer_zero');
  const nothing = edit.float32(-0, 'steer_nothing');
  const one = edit.int64([1], 'steer_axis1');
  const two = edit.int64([2], 'steer_axis2');
  const split = (tensor: string, axis: number): string[] =>
    edit.nodeOf(
      'Split',
      [tensor],
      steered.map((layer) => `${tensor}_of${layer}`),
      {
        axis,
        ...(opset >= 18 && { num_outputs: count }),
      },
    );

  const wColumns = split(edit.node('Transpose', [w], 'steer_w_columns'), 1); // [d, 1] each
  const rRows = split(r, 0); // [1, d] each
  const strengths = split(edit.node('Unsqueeze', [strength, one], 'steer_strength3'), 2); // [batch, 1, 1] each

  const scores = steered.map((layer, k) => {
    const h = residuals.get(layer)!;
    const score = edit.node('MatMul', [h, wColumns[k]!], `steer_score${layer}`); // [batch, 1, 1]
    const amount = edit.node('Mul', [score, strengths[k]!], `steer_amount${layer}`);
    const full = edit.node('Mul', [amount, rRows[k]!], `steer_full${layer}`); // [batch, 1, d]
    const off = edit.node('Equal', [strengths[k]!, zero], `steer_off${layer}`);
    const delta = edit.node('Where', [off, nothing, full], `steer_delta${layer}`);
    addToLayerInput(edit, stream, layer, delta);
    return score;
  });

  const together = edit.node(
    'Concat',
    steered.map((layer) => residuals.get(layer)!),
    'steer_h',
    { axis: 1 },
  ); // [batch, L, d]
  const squares = edit.node('Mul', [together, together], 'steer_squares');
  const norm = edit.node(
    'Sqrt',
    [edit.node('ReduceSum', [squares, two], 'steer_square', { keepdims: 0 })],
    'steer_norm',
  );
  const scored = edit.node('Concat', scores, 'steer_scored', { axis: 1 }); // [batch, L, 1]
  return {
    w,
    r,
    strength,
    scores: edit.output(edit.node('Squeeze', [scored, two], 'steer_score'), 'steer_scores', float, [batch, count]),
    norms: edit.output(norm, 'steer_norms', float, [batch, count]),
  };
}

/**
 * Adds `delta`, f32 [batch, 1, d], to h_l at every position: to its last addend, which has no other reader than the stream.
 * On f16 models by Casts and an f32 Add: an f16 Add has no CPU kernel, and around a node without one onnxruntime moves
 * neighbouring norms to f32 as well (ForceSingleNodeCPUFloat16ToFloat32), which changes bits at strength 0.
 */
function addToLayerInput(edit: GraphEdit, stream: ResidualStream, layer: number, delta: string): void {
  const addend = stream.layers[layer]!.at(-1)!;
  const readers = edit.readersOf(addend).filter(({ opType }) => opType !== 'GatherND');
  const float = TensorProto_DataType.FLOAT;
  const cast = (tensor: string, to: TensorProto_DataType): string =>
    stream.elementType === float ? tensor : edit.node('Cast', [tensor], `steer_cast${layer}`, { to });
  const sum = edit.node('Add', [cast(addend, float), delta], `steer_input${layer}`);
  edit.redirect(readers, addend, cast(sum, stream.elementType));
}
