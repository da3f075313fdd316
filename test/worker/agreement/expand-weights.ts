import { create } from '@bufbuild/protobuf';
import {
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  type TensorProto,
} from 'onnx-buf';
import { HumanError } from '../../../src/core/problem.ts';
import { dequantize } from './block-quantized.ts';
import { allTensors, externalPlace, type ExternalPlace } from '../../../src/core/onnx/graph/external-data.ts';
import { indexGraph } from '../../../src/core/onnx/graph/graph-index.ts';
import type { OnnxModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { pruneGraph } from '../../../src/core/onnx/graph/prune-graph.ts';
import { quantizedWeight } from './quantized-weight.ts';

/** Gives the `length` bytes of a model's weights that lie at a place. */
export type ReadWeights = (place: ExternalPlace) => Uint8Array;

/** A tensor of the new file, and its bytes, made when they are asked for. */
interface Entry {
  readonly tensor: TensorProto;
  readonly length: number;
  readonly bytes: () => Uint8Array;
}

/** Bytes that a tensor's place in the file is rounded up to, whatever its type. */
const alignment = 64;

/**
 * Gives a model of 4-bit weights the same weights in f32: MatMulNBits becomes MatMul, GatherBlockQuantized becomes Gather.
 * The numbers are the same, (q - zero point) * scale; only the kernels round otherwise. All weights move to one new file,
 * `location`, in which a matrix shared by embedding and lm_head is written for each.
 * @returns the content of that file in pieces, each made when it is asked for, so that one weight at a time is in memory
 * @throws {HumanError} when weights are quantised in another way; from the pieces, when a weight is shorter than the graph says
 */
export function expandWeights(model: OnnxModel, location: string, read: ReadWeights): Iterable<Uint8Array> {
  const { file, graph } = model;
  const entries: Entry[] = [];
  const index = indexGraph(graph);
  const bytesOf = (tensor: TensorProto, length: number): Entry['bytes'] => {
    const place = externalPlace(file, tensor); // as it is now: a tensor that stays is moved below
    return () => {
      const bytes = place ? read(place) : tensor.rawData;
      if (bytes.length === length) return bytes;
      throw cutOff(file, tensor, bytes.length, length);
    };
  };

  for (const node of graph.node) {
    const weight = quantizedWeight(file, index, node);
    if (!weight) continue;
    const { rows, columns, blockSize, values, scales, zeroPoints } = weight;
    const blocks = columns / blockSize;
    const isMatMul = node.opType === 'MatMulNBits';
    const tensor = create(TensorProtoSchema, {
      name: `${node.output[0]!}.weight_f32`,
      dataType: TensorProto_DataType.FLOAT,
      dims: (isMatMul ? [columns, rows] : [rows, columns]).map(BigInt),
    });
    const packed = {
      values: bytesOf(values, (rows * columns) / 2),
      scales: bytesOf(scales, 4 * rows * blocks),
      zeroPoints: zeroPoints && bytesOf(zeroPoints, rows * Math.ceil(blocks / 2)),
    };
    const bytes = (): Uint8Array => {
      const matrix = {
        rows,
        columns,
        blockSize,
        values: packed.values(),
        scales: new Float32Array(packed.scales().slice().buffer),
        zeroPoints: packed.zeroPoints?.(),
      };
      return new Uint8Array(dequantize(matrix, isMatMul).buffer);
    };
    entries.push({ tensor, length: 4 * rows * columns, bytes });
    graph.initializer.push(tensor);
    node.opType = isMatMul ? 'MatMul' : 'Gather';
    node.domain = '';
    node.input = isMatMul ? [node.input[0]!, tensor.name] : [tensor.name, node.input[1]!];
    node.attribute = [];
  }
  pruneGraph(model);
  for (const tensor of allTensors(graph)) {
    const length = externalPlace(file, tensor)?.length;
    if (length !== undefined) entries.push({ tensor, length, bytes: bytesOf(tensor, length) });
  }
  placeIn(location, entries);
  return content(entries);
}

/** Names the place of each entry in its tensor, one after the other. */
function placeIn(location: string, entries: readonly Entry[]): void {
  let offset = 0;
  for (const { tensor, length } of entries) {
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.externalData = Object.entries({ location, offset, length }).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value: String(value) }),
    );
    offset += aligned(length);
  }
}

function* content(entries: readonly Entry[]): Generator<Uint8Array> {
  for (const { length, bytes } of entries) {
    yield bytes();
    yield new Uint8Array(aligned(length) - length);
  }
}

function aligned(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}

function cutOff(file: string, { name }: TensorProto, found: number, wanted: number): HumanError {
  return new HumanError({
    file,
    message: `The weights ${name} have ${found} bytes instead of ${wanted}.`,
    fix: 'Download or export the model again.',
  });
}
