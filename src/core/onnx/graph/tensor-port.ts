import { TensorProto_DataType, type ValueInfoProto } from 'onnx-buf';

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
  const elementType = elementTypeOf(elemType) ?? TensorProto_DataType.UNDEFINED;
  const dims = (shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : value.case === 'dimParam' ? value.value : '',
  );
  return { name, elementType, dims };
}

/** The element type of a number in the file; undefined for one that ONNX gives no meaning. */
export function elementTypeOf(inFile: number | undefined): TensorProto_DataType | undefined {
  return Object.values(TensorProto_DataType).find((each): each is TensorProto_DataType => each === inFile);
}
