import { TensorProto_DataType, type GraphProto, type NodeProto } from 'onnx-buf';
import type { GraphEdit } from './graph/graph-edit.ts';
import { tensorPort, type Dim } from './graph/tensor-port.ts';

/** GroupQueryAttention's inputs of the new tokens' queries [batch, new, heads * size], and of each row's number of tokens, less one. */
const [queries, lengths] = [0, 5];

/** The output of what was appended to a cache output last. */
export function newestOf(present: string): string {
  return `${present}.newest`;
}

/**
 * Puts in place of each `present.*` an output [batch, heads, new, size] of the keys or values of the run's own tokens, named
 * by `newestOf`: all of a prefill's, where there is no past, and those of one token of a decoding step. onnxruntime keeps
 * what is an output to the end of a run, asked for or not: with `present.*` among them a step held a copy of the whole cache,
 * 0.6 GB of the quickstart's at 64 rows.
 *
 * Leaves a graph as it is where another operator than GroupQueryAttention gives one of them. To be called when `packPrompts`
 * has laid out the queries by rows.
 */
export function handOutNewest(edit: GraphEdit, graph: GraphProto, batch: Dim): void {
  const caches = new Map(
    graph.output.filter(({ name }) => /^present\.\d+\.(key|value)$/.test(name)).map((port) => [port.name, port]),
  );
  const attentions = graph.node.filter(({ opType }) => opType === 'GroupQueryAttention');
  const appended = new Set(attentions.flatMap(({ output }) => output.slice(1)));
  if (![...caches.keys()].every((name) => appended.has(name))) return;
  graph.output = graph.output.filter(({ name }) => !caches.has(name));
  const places = new Map</* lengths and heads */ string, string>();
  const found = attentions.map((node) => {
    const heads = Number(node.attribute.find(({ name }) => name === 'kv_num_heads')!.i);
    const key = `${node.input[lengths]!} ${heads}`;
    const place = places.get(key) ?? placesOfNewest(edit, node, heads);
    places.set(key, place);
    return { node, heads, place };
  });
  // onnxruntime goes through a graph from the last of its ends: the layer that comes first has to stand last, so that its
  // cache is let go before the next layer's is made.
  for (const { node, heads, place } of found.reverse()) {
    for (const present of node.output.filter((name) => caches.has(name))) {
      const { elementType, dims } = tensorPort(caches.get(present)!)!;
      const newest = edit.node('GatherND', [present, place], newestOf(present), { batch_dims: 2 });
      edit.output(newest, elementType, [batch, heads, 'new_tokens', dims[3]!]);
    }
  }
}

/** int64 [batch, heads, new, 1]: so many places up to each row's last token, from the first one where it has fewer tokens. */
function placesOfNewest(edit: GraphEdit, { input }: NodeProto, heads: number): string {
  const int64 = TensorProto_DataType.INT64;
  const [zero, one] = [edit.int64(0, 'newest_zero'), edit.int64(1, 'newest_one')];
  const count = edit.node('Gather', [edit.node('Shape', [input[queries]!], 'newest_dims'), one], 'newest_count');
  const last = edit.node('Cast', [input[lengths]!], 'newest_last', { to: int64 });
  const before = edit.node('Sub', [edit.node('Add', [last, one], 'newest_end'), count], 'newest_before');
  const first = edit.node('Max', [before, zero], 'newest_first'); // [batch]
  const column = edit.node('Unsqueeze', [first, edit.int64([1, 2, 3], 'newest_axes')], 'newest_column');
  const steps = edit.node('Range', [zero, count, one], 'newest_steps');
  const each = edit.node('Unsqueeze', [steps, edit.int64([1], 'newest_axis')], 'newest_each'); // [new, 1]
  const place = edit.node('Add', [column, each], 'newest_at'); // [batch, 1, new, 1]
  return edit.node('Expand', [place, edit.int64([1, heads, 1, 1], 'newest_shape')], 'newest_place');
}
