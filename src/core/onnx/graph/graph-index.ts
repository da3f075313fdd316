import type { GraphProto, NodeProto, TensorProto } from 'onnx-buf';
import { measuring, nodeInputs } from './node-inputs.ts';

/** Who makes and who reads each tensor of a graph. */
export interface GraphIndex {
  readonly producers: ReadonlyMap</* tensor */ string, NodeProto>;
  readonly readers: ReadonlyMap</* tensor */ string, readonly NodeProto[]>;
  readonly initializers: ReadonlyMap</* tensor */ string, TensorProto>;
}

export function indexGraph(graph: GraphProto): GraphIndex {
  const producers = new Map<string, NodeProto>();
  const readers = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    for (const output of node.output) if (output !== '') producers.set(output, node);
    for (const input of new Set(nodeInputs(node))) {
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  }
  return { producers, readers, initializers: new Map(graph.initializer.map((tensor) => [tensor.name, tensor])) };
}

/** Every node that the numbers of `tensor` are computed from (sizes aside), without going past the tensors in `stop`. */
export function ancestors({ producers }: GraphIndex, tensor: string, stop: ReadonlySet<string>): Set<NodeProto> {
  const found = new Set<NodeProto>();
  const todo = [tensor];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    const node = stop.has(name) ? undefined : producers.get(name);
    if (!node || found.has(node) || measuring.has(node.opType)) continue;
    found.add(node);
    todo.push(...nodeInputs(node));
  }
  return found;
}
