import { ancestors, indexGraph, type GraphIndex } from './graph-index.ts';
import { nodeInputs } from './node-inputs.ts';
import { TensorProto_DataType, type GraphProto, type NodeProto } from './onnx_pb.ts';
import type { ResidualStream } from './residual-stream.ts';

const sums = new Set(['SkipSimplifiedLayerNormalization', 'SkipLayerNormalization']);
const norms = new Set(['SimplifiedLayerNormalization', 'LayerNormalization', 'RMSNormalization']);
const attentions = new Set(['GroupQueryAttention', 'MultiHeadAttention', 'Attention', 'PagedAttention']);
const streamTypes = new Set<number>([
  TensorProto_DataType.FLOAT,
  TensorProto_DataType.FLOAT16,
  TensorProto_DataType.BFLOAT16,
]);

/** One addition to the stream: a Skip*LayerNormalization adds its two inputs, then norms the sum. */
interface StreamSum {
  readonly node: NodeProto;
  /** The stream before the sum. */
  readonly stream: string;
  /** What attention or MLP adds to it. */
  readonly branch: string;
}

/**
 * Finds the residual stream in the *fused* layout of the onnxruntime-genai model builder, where each sum is the optional
 * fourth output of a Skip*LayerNormalization. Walks from the logits down: final norm, then sum by sum to the embedding.
 * Odd sums (from below, counted from 1) must add exactly one attention, even ones none; so 2L sums, L attentions.
 * @returns the stream, or what didn't fit, as a clause for a message
 */
export function findFusedStream(graph: GraphProto): ResidualStream | string {
  const index = indexGraph(graph);
  const skipNorms = graph.node.filter(({ opType }) => sums.has(opType));
  const attentionCount = graph.node.filter(({ opType }) => attentions.has(opType)).length;
  if (skipNorms.length === 0) return 'it has no Skip(Simplified)LayerNormalization, so it is not in the fused layout';
  if (!graph.output.some(({ name }) => name === 'logits')) return 'it has no output named logits';

  const last = finalNorm(index);
  if (typeof last === 'string') return last;
  const chain = walkDown(index, last);
  if (typeof chain === 'string') return chain;
  if (chain.length !== 2 * attentionCount || chain.length !== skipNorms.length) {
    return (
      `${attentionCount} attentions ask for ${2 * attentionCount} sums from the embedding to the final norm, but the chain ` +
      `has ${chain.length}, and the graph ${skipNorms.length}`
    );
  }
  const misfit = checkBranches(index, chain);
  if (misfit !== undefined) return misfit;

  const width = streamWidth(index, chain);
  if (typeof width === 'string') return width;
  const layers = chain.flatMap((sum, at) => {
    if (at === 0) return [[sum.stream]];
    const below = chain[at - 1];
    return at % 2 === 0 && below ? [[below.stream, below.branch]] : [];
  });
  return { layout: 'fused', ...width, layers, finalNorm: last.output[0] ?? '' };
}

/** The one Skip*LayerNormalization whose norm the logits are computed from, with no other on the way. */
function finalNorm(index: GraphIndex): NodeProto | string {
  const normed = new Set([...index.producers].flatMap(([name, node]) => (sums.has(node.opType) ? [name] : [])));
  const head = ancestors(index, 'logits', normed);
  const read = new Set([...head].flatMap(nodeInputs).filter((name) => normed.has(name)));
  const [name, ...more] = read;
  const node = name === undefined ? undefined : index.producers.get(name);
  if (!node || name !== node.output[0] || more.length > 0) {
    return `the logits are computed from ${read.size} Skip*LayerNormalization outputs instead of one, the final norm's`;
  }
  return node;
}

/** The sums from the embedding up to the final norm. */
function walkDown(index: GraphIndex, last: NodeProto): StreamSum[] | string {
  const chain: StreamSum[] = [];
  let node: NodeProto | undefined = last;
  while (node !== undefined) {
    const sum = splitSum(index, node);
    if (typeof sum === 'string') return `${sum} (${chain.length} sums below the logits)`;
    if (chain.some((known) => known.node === node)) return 'the chain of sums runs in a circle';
    chain.unshift(sum);
    const below = index.producers.get(sum.stream);
    node = below && sums.has(below.opType) ? below : undefined;
  }
  return chain;
}

/** Tells the stream from the branch: the branch is computed from the stream, never the other way round. */
function splitSum(index: GraphIndex, node: NodeProto): StreamSum | string {
  const [a, b] = node.input;
  if (!a || !b) return `a ${node.opType} lacks an input`;
  if (node.input[node.opType === 'SkipLayerNormalization' ? 4 : 3]) return `a ${node.opType} adds a bias as well`;
  const isSum = (name: string): boolean => {
    const below = index.producers.get(name);
    return below !== undefined && sums.has(below.opType) && below.output[3] === name;
  };
  if (isSum(a) && !isSum(b)) return { node, stream: a, branch: b };
  if (isSum(b) && !isSum(a)) return { node, stream: b, branch: a };
  if (isSum(a)) return `a ${node.opType} adds two sums`;
  if (readsFrom(index, b, a)) return { node, stream: a, branch: b };
  if (readsFrom(index, a, b)) return { node, stream: b, branch: a };
  return `neither input of a ${node.opType} is computed from the other`;
}

function readsFrom(index: GraphIndex, tensor: string, source: string): boolean {
  return [...ancestors(index, tensor, new Set([source]))].some((node) => nodeInputs(node).includes(source));
}

/** Each branch must be what its place asks for, and the stream must be read by nothing but sums and the first norm. */
function checkBranches(index: GraphIndex, chain: readonly StreamSum[]): string | undefined {
  for (const [at, { node, stream, branch }] of chain.entries()) {
    const below = chain[at - 1]?.node;
    const normed = new Set([stream, below?.output[0] ?? stream]);
    const made = [...ancestors(index, branch, normed)];
    const heads = made.filter(({ opType }) => attentions.has(opType)).length;
    const wanted = at % 2 === 0 ? 1 : 0;
    const place = `sum ${at + 1} of ${chain.length}`;
    if (heads !== wanted) return `${place} adds ${heads} attentions instead of ${wanted}`;
    if (made.some(({ opType }) => sums.has(opType))) return `${place} adds something from elsewhere in the stream`;
    if (readerCount(index, branch) !== 1) return `what ${place} adds is read ${readerCount(index, branch)} times`;
    const others = (index.readers.get(stream) ?? []).filter((reader) => reader !== node);
    const expected =
      at === 0 ? others.length === 1 && others.every(({ opType }) => norms.has(opType)) : others.length === 0;
    if (!expected)
      return `the stream below ${place} is also read by ${others.map(({ opType }) => opType).join(', ') || 'no norm'}`;
  }
  return undefined;
}

function readerCount(index: GraphIndex, tensor: string): number {
  return index.readers.get(tensor)?.length ?? 0;
}

/** A norm's scale has the stream's type and width: [d]. */
function streamWidth(
  index: GraphIndex,
  chain: readonly StreamSum[],
): Pick<ResidualStream, 'hiddenSize' | 'elementType'> | string {
  const scales = chain.map(({ node }) => index.initializers.get(node.input[2] ?? ''));
  const [first] = scales;
  const hiddenSize = Number(first?.dims[0] ?? 0);
  const elementType = Object.values(TensorProto_DataType).find((type) => type === first?.dataType);
  const alike = scales.every((scale) => scale?.dims.length === 1 && Number(scale.dims[0]) === hiddenSize);
  if (!alike || hiddenSize < 1) return "the norms' scales don't agree about the width of the stream";
  if (elementType === undefined || !streamTypes.has(elementType))
    return `the norms have element type ${first?.dataType ?? 0}`;
  return scales.every((scale) => scale?.dataType === elementType)
    ? { hiddenSize, elementType }
    : "the norms' scales don't agree about the type of the stream";
}
