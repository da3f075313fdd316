import type { NodeProto } from 'onnx-buf';
import type { GraphIndex } from '../graph/graph-index.ts';
import { measuring, nodeInputs } from '../graph/node-inputs.ts';

/** What a node's numbers make of the rest of a graph. */
export interface Flow {
  /** Every node whose numbers depend on the source's. */
  readonly derived: ReadonlySet<NodeProto>;
  /** The nodes that all paths from the source to a node pass, from the source to the node itself. */
  bottlenecks(to: NodeProto): NodeProto[];
}

/**
 * Follows the numbers of `source` through a graph. A node's last bottleneck before it is where the bottlenecks of all that
 * it reads meet (dominators of a graph without circles, after Cooper, Harvey and Kennedy).
 * @param nodes in an order in which each follows what it reads
 */
export function followNumbers(index: GraphIndex, nodes: readonly NodeProto[], source: NodeProto): Flow {
  const depth = new Map<NodeProto, number>([[source, 0]]);
  const before = new Map<NodeProto, NodeProto>();
  const meet = (a: NodeProto, b: NodeProto): NodeProto => {
    while (a !== b) {
      if (depth.get(a)! < depth.get(b)!) [a, b] = [b, a];
      a = before.get(a)!;
    }
    return a;
  };
  for (const node of nodes) {
    if (node === source || measuring.has(node.opType)) continue;
    const read = nodeInputs(node).flatMap((name) => index.producers.get(name) ?? []);
    const derived = read.filter((each) => depth.has(each));
    if (derived.length === 0) continue;
    const last = derived.reduce(meet);
    before.set(node, last);
    depth.set(node, depth.get(last)! + 1);
  }
  return {
    derived: new Set(depth.keys()),
    bottlenecks: (to) => {
      const chain: NodeProto[] = [];
      for (let node = depth.has(to) ? to : undefined; node; node = before.get(node)) chain.unshift(node);
      return chain;
    },
  };
}
