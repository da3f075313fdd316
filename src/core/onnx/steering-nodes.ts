import type { GraphEdit } from './graph-edit.ts';
import { lastResidual } from './last-residual.ts';
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
  /** Output f32 [batch, L]: h_last · w, before the layer's own steering; NaN where steering is skipped. */
  readonly scores: string;
  /** Output f32 [batch, L]: ‖h_last‖; NaN where steering is skipped. */
  readonly norms: string;
}

interface Wires extends Pick<SteeringPorts, 'w' | 'r' | 'strength'> {
  readonly position: string;
  /** bool: whether anything is to be computed. */
  readonly active: string;
  /** f32 [batch, 1, 2] of NaN: the readings of a skipped layer. */
  readonly skipped: string;
  readonly zero: string;
  readonly nothing: string;
  readonly axis1: string;
  readonly axis2: string;
}

const float = TensorProto_DataType.FLOAT;

/**
 * Adds h' = h + strength (h_last · w) r to every position of the block, for each layer of `steered`.
 *
 * A decode step (a block of one token, every strength 0) skips it all, by one `If` a layer. Measured on a 30-layer model,
 * 14 layers steered, one thread: 9 plain nodes a layer cost a decode step 0.5 to 2 %, the `If` nothing that can be told
 * from noise. A second session without the nodes would hold the weights twice.
 *
 * @param position int64 [batch, 1, 1]: each row's last real token
 * @param ids input_ids [batch, seq]
 */
export function addSteering(
  edit: GraphEdit,
  stream: ResidualStream,
  steered: readonly number[],
  { position, ids, batch }: { position: string; ids: string; batch: Dim },
): SteeringPorts {
  const count = steered.length;
  const w = edit.input('steer_w', float, [count, stream.hiddenSize]);
  const r = edit.input('steer_r', float, [count, stream.hiddenSize]);
  const strength = edit.input('steer_strength', float, [batch, count]);
  const zero = edit.float32([0], [], 'steer_zero');
  const axis1 = edit.int64([1], 'steer_axis1');
  const axis2 = edit.int64([2], 'steer_axis2');
  const wires: Wires = {
    w,
    r,
    strength,
    position,
    active: isActive(edit, ids, strength, zero),
    skipped: readingsOfNaN(edit, strength, axis1),
    zero,
    nothing: edit.float32([-0], [], 'steer_nothing'),
    axis1,
    axis2,
  };
  const readings = steered.map((layer, k) =>
    steerLayer(edit, stream, layer, edit.int64([k], `steer_row${layer}`), wires),
  );
  const together = edit.node('Concat', readings, 'steer_readings', { axis: 1 }); // [batch, L, 2]
  const reading = (at: number, name: string): string => {
    const one = edit.node('Gather', [together, edit.int64(at, 'steer_which')], 'steer_reading', { axis: 2 });
    return edit.output(one, name, float, [batch, count]);
  };
  return { w, r, strength, scores: reading(0, 'steer_scores'), norms: reading(1, 'steer_norms') };
}

/** bool scalar: the block has more than one token, or some strength isn't 0. */
function isActive(edit: GraphEdit, ids: string, strength: string, zero: string): string {
  const length = edit.node(
    'Gather',
    [edit.node('Shape', [ids], 'steer_shape'), edit.int64(1, 'steer_second')],
    'steer_length',
  );
  const long = edit.node('Greater', [length, edit.int64(1, 'steer_one')], 'steer_long');
  const total = edit.node('ReduceL1', [strength], 'steer_total', { keepdims: 0 });
  return edit.node('Or', [long, edit.node('Greater', [total, zero], 'steer_on')], 'steer_active');
}

/** f32 [batch, 1, 2]. */
function readingsOfNaN(edit: GraphEdit, strength: string, axis1: string): string {
  const first = edit.node('Gather', [strength, edit.int64([0], 'steer_first')], 'steer_any', { axis: 1 });
  const nan = edit.float32([NaN, NaN], [1, 1, 2], 'steer_nan');
  return edit.node('Mul', [edit.node('Unsqueeze', [first, axis1], 'steer_any3'), nan], 'steer_skipped');
}

/**
 * Lets the stream read the steered input of `layer`: its last addend plus the delta at every position.
 * @param k int64 [1]: the layer's row of w and r
 * @returns f32 [batch, 1, 2]: score and norm
 */
function steerLayer(edit: GraphEdit, stream: ResidualStream, layer: number, k: string, wires: Wires): string {
  const addend = stream.layers[layer]!.at(-1)!;
  const readers = edit.readersOf(addend);
  const [steered, reading] = edit.choose(
    wires.active,
    [
      [`steer_input${layer}`, stream.elementType],
      [`steer_reading${layer}`, float],
    ],
    {
      then_branch: (branch) => {
        const h = lastResidual(branch, stream, layer, wires.position); // [batch, 1, d]
        const column = branch.node('Transpose', [branch.node('Gather', [wires.w, k], 'steer_w_row')], 'steer_w_column'); // [d, 1]
        const score = branch.node('MatMul', [h, column], 'steer_score'); // [batch, 1, 1]
        const delta = deltaOf(branch, score, k, wires);
        const square = branch.node(
          'ReduceSum',
          [branch.node('Mul', [h, h], 'steer_squares'), wires.axis2],
          'steer_square',
        );
        const norm = branch.node('Sqrt', [square], 'steer_norm'); // [batch, 1, 1]
        return [
          addDelta(branch, addend, delta, stream.elementType),
          branch.node('Concat', [score, norm], 'steer_score_norm', { axis: 2 }),
        ];
      },
      else_branch: (branch) => [
        branch.node('Identity', [addend], 'steer_same'),
        branch.node('Identity', [wires.skipped], 'steer_unread'),
      ],
    },
  );
  edit.redirect(readers, addend, steered!);
  return reading!;
}

/**
 * strength · score · r, f32 [batch, 1, d]. Where the strength is 0 it is chosen to be -0, whatever the product (0 · Inf is
 * NaN, and x + 0 turns a -0 into +0): x + -0 is x in every bit.
 */
function deltaOf(edit: GraphEdit, score: string, k: string, { strength, r, axis1, zero, nothing }: Wires): string {
  const own = edit.node('Gather', [strength, k], 'steer_own', { axis: 1 }); // [batch, 1]
  const own3 = edit.node('Unsqueeze', [own, axis1], 'steer_own3'); // [batch, 1, 1]
  const amount = edit.node('Mul', [score, own3], 'steer_amount');
  const full = edit.node('Mul', [amount, edit.node('Gather', [r, k], 'steer_r_row')], 'steer_full');
  return edit.node('Where', [edit.node('Equal', [own3, zero], 'steer_off'), nothing, full], 'steer_delta');
}

/**
 * `tensor` [batch, seq, d] plus `delta` f32 [batch, 1, d]. On f16 models by Casts and an f32 Add: an f16 Add has no CPU
 * kernel, and around a node without one onnxruntime moves neighbouring norms to f32 as well
 * (ForceSingleNodeCPUFloat16ToFloat32), which changes bits at strength 0.
 */
function addDelta(edit: GraphEdit, tensor: string, delta: string, type: TensorProto_DataType): string {
  if (type === float) return edit.node('Add', [tensor, delta], 'steer_sum');
  const sum = edit.node('Add', [edit.node('Cast', [tensor], 'steer_f32', { to: float }), delta], 'steer_sum');
  return edit.node('Cast', [sum], 'steer_cast', { to: type });
}
