import { TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { HumanError } from '../../../src/core/problem.ts';
import type { GraphIndex } from '../../../src/core/onnx/graph/graph-index.ts';
import { elementTypeOf } from '../../../src/core/onnx/graph/tensor-port.ts';

/** A weight [rows, columns] in 4-bit blocks along its rows, as its node in the graph describes it. */
export interface QuantizedWeight {
  readonly rows: number;
  readonly columns: number;
  readonly blockSize: number;
  readonly values: TensorProto;
  readonly scales: TensorProto;
  readonly zeroPoints: TensorProto | undefined;
}

/**
 * The weight of a MatMulNBits (x Wᵀ) or GatherBlockQuantized (a row of W for each index).
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 * @returns undefined for any other node
 * @throws {HumanError} when it is quantised in another way than 4 bits a value along the rows, with f32 scales
 */
export function quantizedWeight(file: string, index: GraphIndex, node: NodeProto): QuantizedWeight | undefined {
  if (node.opType !== 'MatMulNBits' && node.opType !== 'GatherBlockQuantized') return undefined;
  const attribute = (name: string, otherwise: number): number =>
    Number(node.attribute.find((each) => each.name === name)?.i ?? otherwise);
  const constant = (place: number): TensorProto | undefined => source(index, node.input[place] ?? '');
  const isMatMul = node.opType === 'MatMulNBits';
  const [values, scales, zeroPoints] = (isMatMul ? [1, 2, 3] : [0, 2, 3]).map(constant);
  const blockSize = attribute('block_size', 128);
  const [rows, columns] = isMatMul
    ? [attribute('N', 0), attribute('K', 0)]
    : [Number(scales?.dims[0]), Number(scales?.dims[1]) * blockSize];

  const refuse = (why: string): never => {
    throw new HumanError({
      file,
      message: `The weights of ${node.name || node.opType} can't be written as f32: ${why}.`,
      fix: 'Use an fp32 export of the model.',
    });
  };
  if (attribute('bits', 4) !== 4) return refuse(`they have ${attribute('bits', 4)} bits a value`);
  if (!values || !scales) return refuse('they are computed in the graph');
  if (elementTypeOf(values.dataType) !== TensorProto_DataType.UINT8)
    return refuse(`their element type is ${values.dataType}`);
  if (elementTypeOf(scales.dataType) !== TensorProto_DataType.FLOAT)
    return refuse(`their scales have type ${scales.dataType}`);
  if (zeroPoints && elementTypeOf(zeroPoints.dataType) !== TensorProto_DataType.UINT8)
    return refuse(`their zero points have type ${zeroPoints.dataType}`);
  if (isMatMul && (node.input[4] || node.input[5])) return refuse('they have a group index or a bias');
  if (!isMatMul && (attribute('gather_axis', 0) !== 0 || attribute('quantize_axis', 1) !== 1))
    return refuse('they are not quantised along the rows');
  if (columns % blockSize !== 0) return refuse(`rows of ${columns} values in blocks of ${blockSize}`);
  return { rows, columns, blockSize, values, scales, zeroPoints };
}

/** The constant that a tensor is, or is a reshaped copy of: an embedding is lm_head's weight, seen in another shape. */
function source({ initializers, producers }: GraphIndex, name: string): TensorProto | undefined {
  const node = producers.get(name);
  return node?.opType === 'Reshape' ? initializers.get(node.input[0] ?? '') : initializers.get(name);
}
