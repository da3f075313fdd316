import type { TensorProto_DataType, ValueInfoProto } from '../generated/onnx_pb.ts';
import { TensorProto_DataType as types } from '../generated/onnx_pb.ts';

/** A size, or the name of one that is known at run time (empty if it has none). */
export type Dim = number | string;

/** An input or output of a graph. */
export interface TensorPort {
  readonly name: string;
  readonly elementType: TensorProto_DataType;
  readonly dims: readonly Dim[];
}

/** @returns undefined for what is no tensor (sequences, maps) */
export function tensorPort({ name, type }: ValueInfoProto): TensorPort | undefined {
  if (type?.value.case !== 'tensorType') return undefined;
  const { elemType, shape } = type.value.value;
  const elementType = Object.values(types).find((each) => each === elemType) ?? types.UNDEFINED;
  const dims = (shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : value.case === 'dimParam' ? value.value : '',
  );
  return { name, elementType, dims };
}
