import { create, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, TensorProto_DataType } from 'onnx-buf';
import { GraphEdit } from './graph-edit.ts';

/** Operator set 13 is the first whose Pad takes how much as an input and is not out of use. */
const opset = 13n;

/** A model with input `of` and output `copy`, f32 of any shape: an output can be asked for elsewhere than its input is. */
export function copyGraph(): Uint8Array {
  return modelOf((edit) => {
    const of = edit.input('of', TensorProto_DataType.FLOAT);
    edit.output(edit.node('Identity', [of], 'copy'), TensorProto_DataType.FLOAT);
  });
}

/**
 * A model that takes rows out of a tensor [rows, heads, positions, size].
 * Inputs: `of`; int64 [8] `of_pads`, of Pad: positions to add at the end, or to leave out where there are fewer than none;
 * int32 [kept] `rows`, the rows to be kept, in their new order. Output: `kept`.
 */
export function keepGraph(type: TensorProto_DataType): Uint8Array {
  return modelOf((edit) => {
    const rows = (of: string): string[] => [of, edit.input('rows', TensorProto_DataType.INT32, ['kept_rows'])];
    edit.output(edit.node('Gather', rows(padded(edit, 'of', type)), 'kept', { axis: 0 }), type);
  });
}

/** A model that puts the rows of `block` after those of `of`, each padded as {@link keepGraph} pads. Output: `joined`. */
export function joinGraph(type: TensorProto_DataType): Uint8Array {
  return modelOf((edit) => {
    const both = ['of', 'block'].map((name) => padded(edit, name, type));
    edit.output(edit.node('Concat', both, 'joined', { axis: 0 }), type);
  });
}

function padded(edit: GraphEdit, name: string, type: TensorProto_DataType): string {
  const dims = ['rows', 'heads', 'positions', 'size'].map((dim) => `${name}_${dim}`);
  const pads = edit.input(`${name}_pads`, TensorProto_DataType.INT64, [8]);
  return edit.node('Pad', [edit.input(name, type, dims), pads], `${name}_padded`);
}

function modelOf(build: (edit: GraphEdit) => void): Uint8Array {
  const graph = create(GraphProtoSchema, { name: 'tensors' });
  build(new GraphEdit(graph));
  const opsetImport = [{ domain: '', version: opset }];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }));
}
