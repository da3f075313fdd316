import type { NodeProto, TensorProto, TensorProto_DataType } from 'onnx-buf';
import type { GraphIndex } from '../graph/graph-index.ts';
import { elementTypeOf } from '../graph/tensor-port.ts';

/** The node that turns token ids into vectors. */
export interface Embedding {
  readonly node: NodeProto;
  /** d, the width of the vectors. */
  readonly hiddenSize: number;
  /** Of the vectors, also where their table is quantised. */
  readonly elementType: TensorProto_DataType;
}

/** A constant matrix, and the type of its numbers once they are dequantised. */
interface Table {
  readonly dims: readonly bigint[];
  readonly dataType: number;
}

/**
 * The one Gather, or GatherBlockQuantized, that reads a table by `input_ids`.
 * @returns the embedding, or what didn't fit, as a clause for a message
 */
export function findEmbedding(index: GraphIndex): Embedding | string {
  const lookups = [...new Set(index.producers.values())].filter(
    ({ opType, input }) =>
      (opType === 'Gather' || opType === 'GatherBlockQuantized') && isTokenIds(index, input[1] ?? ''),
  );
  const [node, ...more] = lookups;
  if (!node || more.length > 0) return `${lookups.length} tables are read by input_ids instead of one, the embedding`;
  const table = node.opType === 'Gather' ? tableOf(index, node.input[0]!) : scalesOf(index, node);
  const [hiddenSize, elementType] = [Number(table?.dims[1] ?? 0), typeAfter(index, node) ?? table?.dataType];
  const type = elementTypeOf(elementType);
  if (hiddenSize < 1 || type === undefined) return 'the embedding is not read from a constant table [vocabulary, d]';
  return { node, hiddenSize, elementType: type };
}

function isTokenIds(index: GraphIndex, name: string): boolean {
  const node = index.producers.get(name);
  return node
    ? /^(Identity|Cast|Reshape)$/.test(node.opType) && isTokenIds(index, node.input[0]!)
    : name === 'input_ids';
}

/** The matrix that `name` is, through the nodes that exporters put between: a table shared with lm_head is transposed. */
function tableOf(index: GraphIndex, name: string): Table | undefined {
  const node = index.producers.get(name);
  if (!node) return index.initializers.get(name);
  if (node.opType === 'Constant') return constantOf(node);
  const inner = tableOf(index, node.input[0] ?? '');
  if (inner?.dims.length !== 2) return undefined;
  const { dims, dataType } = inner;
  if (node.opType === 'Identity') return inner;
  if (node.opType === 'Transpose') return { dims: dims.toReversed(), dataType };
  if (node.opType === 'Cast') return { dims, dataType: Number(node.attribute.find(({ name }) => name === 'to')?.i) };
  if (node.opType !== 'DequantizeLinear') return undefined;
  const scale = tableOf(index, node.input[1]!);
  return scale && { dims, dataType: scale.dataType };
}

/** Blocks of a row share a scale, which is of the vectors' type. */
function scalesOf(index: GraphIndex, { input, attribute }: NodeProto): Table | undefined {
  const scales = tableOf(index, input[2]!);
  const block = attribute.find(({ name }) => name === 'block_size')?.i ?? 128n;
  return scales && { dims: [scales.dims[0]!, scales.dims[1]! * block], dataType: scales.dataType };
}

/** A table may be dequantised row by row, after the lookup. */
function typeAfter(index: GraphIndex, { output }: NodeProto): number | undefined {
  const reader = index.readers.get(output[0]!)?.find(({ opType }) => opType === 'DequantizeLinear');
  return reader && tableOf(index, reader.input[1]!)?.dataType;
}

function constantOf({ attribute }: NodeProto): TensorProto | undefined {
  return attribute.find(({ name }) => name === 'value')?.t;
}
