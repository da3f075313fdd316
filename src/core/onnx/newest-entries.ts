import type { GraphEdit } from './graph-edit.ts';
import { TensorProto_DataType, type GraphProto } from './onnx_pb.ts';
import { tensorPort, type Dim } from './tensor-port.ts';

/** GroupQueryAttention's input of each row's number of tokens, less one: the place of the newest. */
const lengths = 5;

/** The output of what was appended to a cache output last. */
export function newestOf(present: string): string {
  return `${present}.newest`;
}

/**
 * Adds, for each `present.*` that a GroupQueryAttention gives, an output [batch, heads, size] of the keys or values of
 * each row's newest token, named by `newestOf`: all that a decoding step has to hand out of its cache.
 */
export function addNewestEntries(edit: GraphEdit, graph: GraphProto, batch: Dim): void {
  const ports = new Map(graph.output.map((port) => [port.name, port]));
  const places = new Map</* lengths and heads */ string, string>();
  for (const node of graph.node.filter(({ opType }) => opType === 'GroupQueryAttention')) {
    const heads = Number(node.attribute.find(({ name }) => name === 'kv_num_heads')!.i);
    const key = `${node.input[lengths]!} ${heads}`;
    const place = places.get(key) ?? placeOfNewest(edit, node.input[lengths]!, heads);
    places.set(key, place);
    for (const present of node.output.slice(1)) {
      const port = ports.get(present);
      const { elementType, dims } = (port && tensorPort(port)) ?? {};
      if (elementType === undefined || dims === undefined) continue;
      const newest = edit.node('GatherND', [present, place], newestOf(present), { batch_dims: 2 });
      edit.output(newest, elementType, [batch, heads, dims[3]!]);
    }
  }
}

/** int64 [batch, heads, 1], from int32 [batch]. */
function placeOfNewest(edit: GraphEdit, length: string, heads: number): string {
  const at = edit.node('Cast', [length], 'newest_at', { to: TensorProto_DataType.INT64 });
  const column = edit.node('Unsqueeze', [at, edit.int64([1, 2], 'newest_axes')], 'newest_column');
  return edit.node('Expand', [column, edit.int64([1, heads, 1], 'newest_shape')], 'newest_place');
}
