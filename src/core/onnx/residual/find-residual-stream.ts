import { TensorProto_DataType, type GraphProto, type NodeProto } from 'onnx-buf';
import { followNumbers, type Flow } from './bottlenecks.ts';
import { ancestors, indexGraph, type GraphIndex } from '../graph/graph-index.ts';
import { nodesFor } from '../graph/prune-graph.ts';
import { elementTypeOf } from '../graph/tensor-port.ts';
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
  /** What it adds: of attention, of the MLP, or of both where a block computes them side by side. */
  readonly branches: readonly string[];
}

/**
 * Finds the residual stream. A block's branches go round nothing and the stream goes round every branch, so the sums of the
 * stream are the additions that *every* path from the token embedding to the logits passes, whatever the norms are made of.
 * A sum is an Add (exports of optimum and PyTorch: *decomposed*), or a Skip*LayerNormalization, which norms it as well and
 * gives it as its optional fourth output (onnxruntime-genai's model builder: *fused*).
 *
 * Sum 2l (counted from 0) must add what makes `present.l.key` and `present.l.value`, and odd ones nothing of the kind: so
 * there are exactly 2L sums, and layers are those of the cache. Or, where attention and MLP both read the block's input
 * (Cohere, Phi-2, GPT-NeoX), exactly L sums, each of which adds what makes the cache of its layer.
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
  const layers = caches.length / 2;
  if (sums.length !== 2 * layers && sums.length !== layers) {
    return (
      `${layers} layers in its KV cache ask for ${2 * layers} sums that all paths from the embedding to the logits pass ` +
      `(${layers} where attention and MLP are parallel), but there are ${sums.length}`
    );
  }
  const chain = streamSums(index, new Set(bottlenecks), sums);
  if (typeof chain === 'string') return chain;
  const sumsOfLayer = sums.length / layers;
  const misfit = checkBranches(index, caches, chain, sumsOfLayer);
  if (misfit !== undefined) return misfit;
  return describeStream(index, embedding, chain, sumsOfLayer);
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
    const place = `sum ${chain.length + 1} of ${sums.length}, a ${node.opType},`;
    if (fusedSums.has(node.opType) && node.input[node.opType === 'SkipLayerNormalization' ? 4 : 3])
      return `${place} adds a bias as well`;
    const isStream = (name: string): boolean => bottlenecks.has(index.producers.get(origin(index, name))!);
    const addends = addendsOf(index, node, isStream);
    const streams = addends.filter(isStream);
    const [stream] = streams;
    if (stream === undefined || streams.length > 1)
      return `${place} adds ${streams.length === 0 ? 'nothing to the stream below it' : 'the stream to itself'}`;
    const below = chain.at(-1)?.node;
    if (below && origin(index, stream) !== sumOf(below)) return `${place} does not read the sum below it`;
    chain.push({ node, stream, branches: addends.filter((name) => name !== stream) });
  }
  return chain;
}

/** What a node adds: two tensors, or three, where the stream and one branch were added first and the other branch to both. */
function addendsOf({ producers }: GraphIndex, { input }: NodeProto, isStream: (name: string) => boolean): string[] {
  const both = input.slice(0, 2);
  if (both.some(isStream)) return both;
  return both.flatMap((name) => {
    const inner = producers.get(name);
    return inner?.opType === 'Add' && inner.input.some(isStream) ? inner.input : [name];
  });
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

function checkBranches(
  index: GraphIndex,
  caches: readonly string[],
  chain: readonly StreamSum[],
  sumsOfLayer: number,
): string | undefined {
  for (const [at, { node, stream, branches }] of chain.entries()) {
    const place = `sum ${at + 1} of ${chain.length}`;
    const below = chain[at - 1]?.node.output ?? [];
    const stop = new Set([stream, origin(index, stream), ...below]);
    const made = new Set(branches.flatMap((branch) => [...ancestors(index, branch, stop)]));
    const found = caches.filter((name) => made.has(index.producers.get(name)!));
    const layer = at / sumsOfLayer;
    const wanted = Number.isInteger(layer) ? [`present.${layer}.key`, `present.${layer}.value`] : [];
    if (found.length !== wanted.length || !wanted.every((name) => found.includes(name)))
      return `${place} adds what makes ${found.join(', ') || 'no cache'} instead of ${wanted.join(', ') || 'none'}`;
    // There the delta is added to the last branch.
    const readers = index.readers.get(branches.at(-1)!)?.length ?? 0;
    if (fusedSums.has(node.opType) && readers !== 1) return `what ${place} adds is read ${readers} times`;
  }
  return undefined;
}

function describeStream(
  index: GraphIndex,
  { hiddenSize, elementType }: Embedding,
  chain: readonly StreamSum[],
  sumsOfLayer: number,
): ResidualStream | string {
  if (!streamTypes.has(elementType)) return `the embedding has element type ${elementType}`;
  const retyped = chain.findIndex(({ stream }) => elementTypeOf(castOf(index, stream, elementType)) !== elementType);
  if (retyped >= 0) return `the stream below sum ${retyped + 1} of ${chain.length} has another type than the embedding`;
  const first = chain[0]!;
  const layers = chain.flatMap((_, at) => {
    if (at % sumsOfLayer !== 0) return [];
    const below = chain[at - 1];
    if (!below) return [[origin(index, first.stream)]];
    return below.node.opType === 'Add' ? [[below.node.output[0]!]] : [[below.stream, ...below.branches]];
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
