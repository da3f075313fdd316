import { TensorProto_DataType, type GraphProto } from 'onnx-buf';
import { HumanError } from '../problem.ts';
import { GraphEdit, valueInfo } from './graph/graph-edit.ts';
import { findHeadInput } from './residual/head-input.ts';
import { lastResidual } from './last-residual.ts';
import { keepAllLogits } from './logits-to-keep.ts';
import { mapResidualStream } from './residual/map-residual-stream.ts';
import { handOutNewest } from './newest-entries.ts';
import { addNextToken } from './next-token.ts';
import { readModel, writeModel, type OnnxModel } from './graph/onnx-model.ts';
import { canPackPrompts, packPrompts } from './pack-prompts.ts';
import { pruneGraph } from './graph/prune-graph.ts';
import type { ResidualStream } from './residual/residual-stream.ts';
import { addSteering, type SteeringPorts } from './steering-nodes.ts';
import { tensorPort, type Dim } from './graph/tensor-port.ts';
import { blockLayout, packedLayout, type TokenLayout } from './token-layout.ts';

export interface InstrumentOptions {
  /** Layers that can be steered, in the order of the rows of w and r. */
  readonly steered: readonly number[];
  /** Layers whose last residual is an output, in the order of `residual_taps`. */
  readonly taps: readonly number[];
  /**
   * `all`: [batch, seq, vocab] as exported. `last`: f32 [batch, 1, vocab], of the last position only; lm_head then runs on
   * one row a prompt, maybe with another kernel, so compare base and steered in the same mode. `none`: no logits.
   */
  readonly logits: 'all' | 'last' | 'none';
  /**
   * Keep the `present.*` outputs. Without them and without logits the graph ends at the highest layer tapped: the blocks
   * above it, the final norm and lm_head are cut off, with their weights and past inputs.
   */
  readonly cache: boolean;
  /**
   * Outputs of a greedy decoding step: the next token, which stands for the logits, and with `newest`, in place of the
   * `present.*` of GroupQueryAttention, its newest keys and values (see `handOutNewest`). Needs `cache`, and the logits of
   * the last position.
   */
  readonly decoding?: 'newest' | 'whole';
  /** Take prompts packed, where the graph can (see `packPrompts`). */
  readonly packed?: boolean;
}

/** An edited model, and what its own new ports are called (a model may already use the plain names). */
export interface InstrumentedModel {
  readonly bytes: Uint8Array;
  /** Whether it takes prompts packed. */
  readonly packed: boolean;
  /** Every input of the edited graph: what was cut off needs no feeding. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Input int64 [batch, 1]: the index of each row's last real token in the block; absent when nothing reads it. */
  readonly lastPosition: string | undefined;
  /** Output f32 [batch, taps, d]; a steered layer's tap is its input before its own steering. */
  readonly taps: string | undefined;
  readonly steering: SteeringPorts | undefined;
}

/**
 * Edits the graph of an ONNX model: taps, steering, logits of the last position only, truncation. Initializers aren't
 * moved: hand the bytes to onnxruntime with `session.model_external_initializers_file_folder_path` set to the model's
 * folder.
 * @throws {HumanError} when the bytes are no model, the graph can't be mapped, or a layer doesn't exist or is named twice
 */
export function instrument(bytes: Uint8Array, file: string, options: InstrumentOptions): InstrumentedModel {
  const model = readModel(bytes, file);
  const { graph } = model;
  const stream = mapResidualStream(model);
  const opset = requireOpset(model);
  const { steered, taps, logits } = options;
  for (const layers of [steered, taps]) requireLayers(file, stream, layers);
  if (options.decoding && (logits !== 'last' || !options.cache))
    throw new RangeError('Outputs for decoding need the cache, and the logits of the last position.');

  const batch = batchSize(graph);
  graph.output = graph.output.filter(({ name }) => (name === 'logits' ? logits !== 'none' : options.cache));
  const edit = new GraphEdit(graph);
  keepAllLogits(edit, graph);
  const packed = options.packed === true && canPackPrompts(graph);

  const reads = steered.length + taps.length > 0 || logits === 'last';
  const lastPosition = reads ? edit.input('last_position', TensorProto_DataType.INT64, [batch, 1]) : undefined;
  const position =
    lastPosition && edit.node('Unsqueeze', [lastPosition, edit.int64([2], 'steer_axis')], 'steer_position');
  let steering: { ports: SteeringPorts; stream: ResidualStream } | undefined;
  let tapped: string | undefined;
  if (position !== undefined) {
    const layout = packed ? packedLayout(edit, position) : blockLayout(edit, position);
    if (steered.length > 0) steering = addSteering(edit, stream, steered, { layout, batch, opset });
    if (taps.length > 0) tapped = addTaps(edit, steering?.stream ?? stream, taps, layout, batch);
    if (logits === 'last') keepLastLogits(edit, model, stream, layout);
    if (options.decoding) addNextToken(edit, batch);
  }
  if (packed) packPrompts(edit, graph);
  if (options.decoding === 'newest') handOutNewest(edit, graph, batch);
  if (graph.output.length === 0) throw new RangeError('The edited graph would have no output.');
  pruneGraph(model);
  return {
    bytes: writeModel(model),
    packed,
    inputs: graph.input.map(({ name }) => name),
    outputs: graph.output.map(({ name }) => name),
    lastPosition,
    taps: tapped,
    steering: steering?.ports,
  };
}

function addTaps(
  edit: GraphEdit,
  stream: ResidualStream,
  taps: readonly number[],
  layout: TokenLayout,
  batch: Dim,
): string {
  const residuals = taps.map((layer) => lastResidual(edit, stream, layer, layout));
  const together = edit.node('Concat', residuals, 'residual_taps', { axis: 1 });
  return edit.output(together, TensorProto_DataType.FLOAT, [batch, taps.length, stream.hiddenSize]);
}

/**
 * Lets lm_head, and whatever else is above the last block, see the last position only; logits become f32.
 * @throws {HumanError} when what is above the last block needs all positions
 */
function keepLastLogits(
  edit: GraphEdit,
  { graph, file }: OnnxModel,
  stream: ResidualStream,
  layout: TokenLayout,
): void {
  const head = findHeadInput(graph, stream.last);
  if (typeof head !== 'string') {
    throw new HumanError({
      file,
      message: `The logits of the last position alone cannot be had of this graph: ${head.misfit}.`,
      fix: 'Report the model, its exporter and this message; another export of the model may do.',
    });
  }
  const readers = edit.readersOf(head);
  edit.redirect(readers, head, layout.last(head));
  graph.output = graph.output.map((output) => {
    const port = output.name === 'logits' ? tensorPort(output) : undefined;
    if (!port) return output;
    if (port.elementType !== TensorProto_DataType.FLOAT) edit.castOutput('logits', TensorProto_DataType.FLOAT);
    return valueInfo(
      port.name,
      TensorProto_DataType.FLOAT,
      port.dims.map((dim, axis) => (axis === 1 ? 1 : dim)),
    );
  });
}

function batchSize(graph: GraphProto): Dim {
  const ids = graph.input.find(({ name }) => name === 'input_ids');
  return (ids && tensorPort(ids)?.dims[0]) ?? 'batch_size';
}

function requireLayers(file: string, stream: ResidualStream, layers: readonly number[]): void {
  const last = stream.layers.length - 1;
  const wrong = layers.filter((layer) => !Number.isInteger(layer) || layer < 0 || layer > last);
  if (wrong.length > 0) {
    throw new HumanError({
      file,
      message: `The model has no layer ${[...new Set(wrong)].join(', ')}.`,
      fix: `Choose layers from 0 to ${last}.`,
    });
  }
  // Its second steering would read the first one's sum, and multiply with it.
  const twice = layers.filter((layer, i) => layers.indexOf(layer) < i);
  if (twice.length === 0) return;
  throw new HumanError({
    file,
    message: `Layer ${[...new Set(twice)].join(', ')} is asked for more than once.`,
    fix: 'Name each layer once.',
  });
}

/** Unsqueeze, Split and ReduceSum take their axes as the nodes written here give them since operator set 13. */
export function requireOpset({ file, proto }: OnnxModel): number {
  const version = Number(proto.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0);
  if (version >= 13) return version;
  throw new HumanError({
    file,
    message: `The model uses operator set ${version}; editing it needs 13 or newer.`,
    fix: 'Export the model again with a current exporter.',
  });
}
