import { TensorProto_DataType } from 'onnx-buf';
import type { OnnxModel } from './graph/onnx-model.ts';
import { tensorPort } from './graph/tensor-port.ts';

/**
 * Whether every provider is asked for the same f32 arithmetic, so that their numbers differ by rounding alone. A model in
 * f16, or one whose matrix products may round activations to int8 (MatMulNBits' accuracy_level 4, DynamicQuantizeLinear),
 * is computed more or less finely by each.
 */
export function computesInF32({ graph }: OnnxModel): boolean {
  const ports = [...graph.input, ...graph.output].map(tensorPort);
  const half = ports.some((port) => port?.elementType === TensorProto_DataType.FLOAT16);
  const coarse = graph.node.some(
    ({ opType, attribute }) =>
      opType === 'DynamicQuantizeLinear' || attribute.some(({ name, i }) => name === 'accuracy_level' && i > 1n),
  );
  return !half && !coarse;
}
