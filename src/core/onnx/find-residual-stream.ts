import { followNumbers, type Flow } from './bottlenecks.ts';
import { ancestors, indexGraph, type GraphIndex } from './graph-index.ts';
import { TensorProto_DataType, type GraphProto, type NodeProto } from './onnx_pb.ts';
import { nodesFor } from './prune-graph.ts';
import type { ResidualStream } from './residual-stream.ts';
import { findEmbedding, type Embedding } from './token-embedding.ts';

const fusedSums = new Set(['SkipSimplifiedLayerNormalization', 'SkipLayerNormalization']);
/** What a stream passes unchanged but for its rounding. */
const transparent = new Set(['Cast', 'Identity']);
const streamTypes = new Set<number>([
  TensorProto_DataType.FLOAT,
  TensorProto_DataType.FLOAT16,
  TensorProto_DataType.BFLOAT16,
]);

/** One addition to the stream. */
interface StreamSum {
  readonly node: NodeProto;
  /** The stream before the sum, as the node reads it. */
  readonly stream: string;
  /** What attention or MLP adds to it. */
  readonly branch: string;
}

/**
 * Finds the residual stream. A block's branches go round nothing and the stream goes round every branch, so the sums of the
 * stream are the additions that *every* path from the token embedding to the logits passes, whatever the norms are made of.
 * A sum is an Add (exports of optimum and PyTorch: *decomposed*), or a Skip*LayerNormalization, which norms it as well and
 * gives it as its optional fourth output (onnxruntime-genai's model builder: *fused*).
 *
 * Sum 2l (counted from 0) must add what makes `present.l.key` and `present.l.value`, and odd ones nothing of the kind: so
 * there are exactly 2L sums, and layers are those of the cache.
 * @returns the stream, or what didn't fit, as a clause for a message
 */
export function findResidualStream(graph: GraphProto): ResidualStream | string {
  const index = indexGraph(graph);
  const logits = index.producers.get('logits');
  if (!logits || !graph.output.some(({ name }) => name === 'logits')) return 'it has no output named logits';
  const embedding = findEmbedding(index);
  if (typeof embedding === 'string') return embedding;
  const nodes = nodesFor(graph, ['logits']);
  if (!nodes) return 'its nodes read each other in a circle';

  const flow = followNumbers(index, nodes, embedding.node);
  const bottlenecks = flow.bottlenecks(logits);
  if (bottlenecks.length === 0) return 'the logits are not computed from the token embedding';
  const sums = bottlenecks.filter((node) => isSum(index, flow, node));
  const caches = graph.output.map(({ name }) => name).filter((name) => /^present\.\d+\.(key|value)$/.test(name));
  if (caches.length === 0) return 'it has no outputs present.*.key, by which layers are told';
  if (sums.length !== caches.length) {
    return (
      `${caches.length / 2} layers in its KV cache ask for ${caches.length} sums that all paths from the embedding to the ` +
      `logits pass, but there are ${sums.length}`
    );
  }
  const chain = streamSums(index, new Set(bottlenecks), sums);
  if (typeof chain === 'string') return chain;
  const misfit = checkBranches(index, caches, chain);
  if (misfit !== undefined) return misfit;
  return describeStream(index, embedding, chain);
}

/** Whether a node adds two tensors that both depend on the tokens: an Add of a bias or of an epsilon does not. */
function isSum(index: GraphIndex, { derived }: Flow, { opType, input }: NodeProto): boolean {
  const adds = opType === 'Add' || fusedSums.has(opType);
  return adds && input.slice(0, 2).every((name) => derived.has(index.producers.get(name)!));
}

/** What each sum adds to what: it must read the sum below it through nothing but Casts. */
function streamSums(
  index: GraphIndex,
  bottlenecks: ReadonlySet<NodeProto>,
  sums: readonly NodeProto[],
): StreamSum[] | string {
  const chain: StreamSum[] = [];
  for (const node of sums) {
    const [a, b] = node.input as [string, string];
    const place = `sum ${chain.length + 1} of ${sums.length}, a ${node.opType},`;
    if (fusedSums.has(node.opType) && node.input[node.opType === 'SkipLayerNormalization' ? 4 : 3])
      return `${place} adds a bias as well`;
    const streams = [a, b].filter((name) => bottlenecks.has(index.producers.get(origin(index, name))!));
    const [stream] = streams;
    if (stream === undefined || streams.length > 1)
      return `${place} adds ${streams.length === 0 ? 'nothing to the stream below it' : 'the stream to itself'}`;
    const below = chain.at(-1)?.node;
    if (below && origin(index, stream) !== sumOf(below)) return `${place} does not read the sum below it`;
    chain.push({ node, stream, branch: stream === a ? b : a });
  }
  return chain;
}

/** The tensor that `name` is, up to Casts. */
function origin(index: GraphIndex, name: string): string {
  const node = index.producers.get(name);
  return node && transparent.has(node.opType) ? origin(index, node.input[0]!) : name;
}

/** The sum itself: the output of an Add, the fourth output of a Skip*LayerNormalization. */
function sumOf({ opType, output }: NodeProto): string | undefined {
  return opType === 'Add' ? output[0] : output[3];
}

function checkBranches(index: GraphIndex, caches: readonly string[], chain: readonly StreamSum[]): string | undefined {
  for (const [at, { node, stream, branch }] of chain.entries()) {
    const place = `sum ${at + 1} of ${chain.length}`;
    const below = chain[at - 1]?.node.output ?? [];
    const made = ancestors(index, branch, new Set([stream, origin(index, stream), ...below]));
    const found = caches.filter((name) => made.has(index.producers.get(name)!));
    const wanted = at % 2 === 0 ? [`present.${at / 2}.key`, `present.${at / 2}.value`] : [];
    if (found.length !== wanted.length || !wanted.every((name) => found.includes(name)))
      return `${place} adds what makes ${found.join(', ') || 'no cache'} instead of ${wanted.join(', ') || 'none'}`;
    // There the delta is added to the branch.
    if (fusedSums.has(node.opType) && index.readers.get(branch)?.length !== 1)
      return `what ${place} adds is read ${index.readers.get(branch)?.length ?? 0} times`;
  }
  return undefined;
}

function describeStream(
  index: GraphIndex,
  { hiddenSize, elementType }: Embedding,
  chain: readonly StreamSum[],
): ResidualStream | string {
  if (!streamTypes.has(elementType)) return `the embedding has element type ${elementType}`;
  const retyped = chain.findIndex(({ stream }) => castOf(index, stream, elementType) !== elementType);
  if (retyped >= 0) return `the stream below sum ${retyped + 1} of ${chain.length} has another type than the embedding`;
  const first = chain[0]!;
  const layers = chain.flatMap((_, at) => {
    if (at % 2 === 1) return [];
    const below = chain[at - 1];
    if (!below) return [[origin(index, first.stream)]];
    return below.node.opType === 'Add' ? [[below.node.output[0]!]] : [[below.stream, below.branch]];
  });
  const fused = chain.filter(({ node }) => fusedSums.has(node.opType)).length;
  const layout = fused === chain.length ? 'fused' : fused === 0 ? 'decomposed' : 'mixed';
  return { layout, hiddenSize, elementType, layers, last: chain.at(-1)!.node.output[0]! };
}

/** The type of a stream that was `type` at the sum below. */
function castOf(index: GraphIndex, name: string, type: TensorProto_DataType): number {
  const node = index.producers.get(name);
  if (!node || !transparent.has(node.opType)) return type;
  const to = node.attribute.find((attribute) => attribute.name === 'to')?.i;
  return to === undefined ? castOf(index, node.input[0]!, type) : Number(to);
}
