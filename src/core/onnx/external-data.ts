import { HumanError } from '../problem.ts';
import { subgraphs } from './node-inputs.ts';
import type { OnnxModel } from './onnx-model.ts';
import { TensorProto_DataLocation, type GraphProto, type TensorProto } from './onnx_pb.ts';

/** A file that a model's weights lie in. */
export interface ExternalFile {
  /** Relative to the model's folder. */
  readonly location: string;
  /** Bytes it must have at least: the end of the tensor that lies last in it. */
  readonly bytes: number;
}

/**
 * The files that hold the weights, so that a missing or short one is found before any native call.
 * @throws {HumanError} when an entry makes no sense, or leads out of the model's folder
 */
export function listExternalFiles(model: OnnxModel): ExternalFile[] {
  const needed = new Map<string, number>();
  for (const tensor of allTensors(model.graph)) {
    if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL) continue;
    const { location, end } = readEntry(model.file, tensor);
    needed.set(location, Math.max(needed.get(location) ?? 0, end));
  }
  return [...needed].map(([location, bytes]) => ({ location, bytes }));
}

function readEntry(file: string, tensor: TensorProto): { location: string; end: number } {
  const entry = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entry.get('location') ?? '';
  const end = Number(entry.get('offset') ?? 0) + Number(entry.get('length') ?? 0);
  const outside = /^([/\\]|[A-Za-z]:)/.test(location) || location.split(/[/\\]/).includes('..');
  if (location !== '' && !outside && Number.isSafeInteger(end) && end >= 0) return { location, end };
  throw new HumanError({
    file,
    message: `The weights of ${tensor.name || 'a tensor'} lie at a place that can't be read: ${JSON.stringify(location)}, up to byte ${end}.`,
    fix: outside
      ? 'Weights must lie in the folder of the model: export it again.'
      : 'Download or export the model again.',
  });
}

function* allTensors(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const node of graph.node) {
    for (const { t, tensors } of node.attribute) {
      if (t) yield t;
      yield* tensors;
    }
    for (const inner of subgraphs(node)) yield* allTensors(inner);
  }
}
