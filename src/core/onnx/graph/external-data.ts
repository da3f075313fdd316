import { TensorProto_DataLocation, type GraphProto, type TensorProto } from 'onnx-buf';
import { HumanError } from '../../problem.ts';
import { subgraphs } from './node-inputs.ts';
import type { OnnxModel } from './onnx-model.ts';

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
    const place = externalPlace(model.file, tensor);
    if (place) needed.set(place.location, Math.max(needed.get(place.location) ?? 0, place.offset + place.length));
  }
  return [...needed].map(([location, bytes]) => ({ location, bytes }));
}

/** Where a tensor's bytes lie. */
export interface ExternalPlace {
  /** Relative to the model's folder. */
  readonly location: string;
  readonly offset: number;
  /** 0 when the model doesn't say: up to the end of the file. */
  readonly length: number;
}

/**
 * @returns undefined for a tensor that the model itself holds
 * @throws {HumanError} when the entry makes no sense, or leads out of the model's folder
 */
export function externalPlace(file: string, tensor: TensorProto): ExternalPlace | undefined {
  if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL) return undefined;
  const entry = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entry.get('location') ?? '';
  const [offset, length] = [Number(entry.get('offset') ?? 0), Number(entry.get('length') ?? 0)];
  const outside = /^([/\\]|[A-Za-z]:)/.test(location) || location.split(/[/\\]/).includes('..');
  const isSize = [offset, length, offset + length].every((size) => Number.isSafeInteger(size) && size >= 0);
  if (location !== '' && !outside && isSize) return { location, offset, length };
  throw new HumanError({
    file,
    message: `The weights of ${tensor.name || 'a tensor'} lie at a place that can't be read: ${JSON.stringify(location)}, up to byte ${offset + length}.`,
    fix: outside
      ? 'Weights must lie in the folder of the model: export it again.'
      : 'Download or export the model again.',
  });
}

/** Makes a model name its files of weights otherwise. @param names by the old ones */
export function renameExternalFiles(model: OnnxModel, names: ReadonlyMap<string, string>): void {
  for (const { dataLocation, externalData } of allTensors(model.graph)) {
    const entry = externalData.find(({ key }) => key === 'location');
    if (entry && dataLocation === TensorProto_DataLocation.EXTERNAL)
      entry.value = names.get(entry.value) ?? entry.value;
  }
}

/** Every constant of a graph and of the graphs inside it. */
export function* allTensors(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const node of graph.node) {
    for (const { t, tensors } of node.attribute) {
      if (t) yield t;
      yield* tensors;
    }
    for (const inner of subgraphs(node)) yield* allTensors(inner);
  }
}
