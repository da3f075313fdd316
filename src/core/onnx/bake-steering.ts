import { create } from '@bufbuild/protobuf';
import { StringStringEntryProtoSchema, TensorProto_DataType } from 'onnx-buf';
import { HumanError } from '../problem.ts';
import { GraphEdit } from './graph/graph-edit.ts';
import { requireOpset } from './instrument.ts';
import { bakedBy, mapResidualStream } from './residual/map-residual-stream.ts';
import { readModelPorts } from './model-ports.ts';
import { readModel, writeModel } from './graph/onnx-model.ts';
import { pruneGraph } from './graph/prune-graph.ts';
import { addSteering, asColumns } from './steering-nodes.ts';
import { blockLayout } from './token-layout.ts';

/** A steering to be made part of a model: w and r [L * d], thresholds [L], one strength. */
export interface BakedSteering {
  readonly layers: readonly number[];
  readonly w: Float32Array;
  readonly r: Float32Array;
  readonly thresholds: Float32Array;
  readonly strength: number;
}

const { INT32 } = TensorProto_DataType;

/**
 * Makes a steering part of a model, whose inputs and outputs stay as they are. What a session of ours is told, the graph
 * works out from `attention_mask`: a block is a prompt, and steered, when the mask is as long as the block (nothing is past);
 * a prompt's last token is the last that the mask holds, whichever side is padded. So a further turn on a kept cache is
 * not steered: give the whole chat anew.
 * @returns the bytes of the graph; its weights stay in their files
 * @throws {HumanError} when the graph can't be mapped, or has no mask to tell a prompt by
 */
export function bakeSteering(bytes: Uint8Array, file: string, steering: BakedSteering, note: string): Uint8Array {
  const model = readModel(bytes, file);
  const { graph, proto } = model;
  const stream = mapResidualStream(model);
  const { inputIds, attentionMask } = readModelPorts(model);
  if (!attentionMask) {
    throw new HumanError({
      file,
      message: 'The model has no input attention_mask, by which a prompt and its last token are told.',
      fix: 'Export the model again with an attention mask.',
    });
  }
  const opset = requireOpset(model);
  const outputs = [...graph.output];
  const edit = new GraphEdit(graph);

  const length = (tensor: string, name: string): string =>
    edit.node('Gather', [edit.node('Shape', [tensor], `${name}_shape`), edit.int64([1], `${name}_axis`)], name);
  const block = length(inputIds.name, 'steer_block'); // [1]
  const isPrompt = edit.node('Equal', [block, length(attentionMask.name, 'steer_total')], 'steer_is_prompt');
  const mask = edit.node('Cast', [attentionMask.name], 'steer_mask', { to: INT32 });
  const last = edit.node('ArgMax', [mask], 'steer_argmax', { axis: 1, keepdims: 1, select_last_index: 1 }); // [batch, 1]
  const inBlock = edit.node(
    'Min',
    [last, edit.node('Sub', [block, edit.int64([1], 'steer_one')], 'steer_end')],
    'steer_at',
  );
  const position = edit.node('Unsqueeze', [inBlock, edit.int64([2], 'steer_axis')], 'steer_position');

  const { ports } = addSteering(edit, stream, steering.layers, {
    layout: blockLayout(edit, position),
    batch: 'batch_size',
    opset,
  });
  const { layers, w, r, thresholds, strength } = steering;
  const [count, d] = [layers.length, stream.hiddenSize];
  const never = edit.float32(Infinity, 'steer_never');
  const baked = edit.floats(thresholds, [1, count, 1], 'steer_baked_threshold');
  const constants = {
    [ports.w]: edit.floats(asColumns(w, d), [d, count], 'steer_baked_w'),
    [ports.direction]: edit.floats(
      r.map((x) => Math.fround(strength) * x),
      [1, count, d],
      'steer_baked_direction',
    ),
    [ports.push]: edit.floats(new Float32Array(count * d), [1, count, d], 'steer_no_push'),
    [ports.threshold]: edit.node('Where', [isPrompt, baked, never], 'steer_now'),
  };
  for (const [port, value] of Object.entries(constants)) edit.redirect(edit.readersOf(port), port, value);
  graph.output = outputs;
  pruneGraph(model);
  proto.metadataProps.push(create(StringStringEntryProtoSchema, { key: bakedBy, value: note }));
  return writeModel(model);
}
