import type { GraphProto, NodeProto } from 'onnx-buf';

/** Operators that read a tensor's size, not its numbers. */
export const measuring: ReadonlySet<string> = new Set(['Shape', 'Size']);

/**
 * The tensors a node reads: its own inputs, and what its subgraphs (the branches of `If`, the body of `Loop`) take from
 * the graph around them, which ONNX names nowhere else. Omitted optional inputs (empty names) are left out.
 */
export function nodeInputs(node: NodeProto): string[] {
  return [...node.input.filter((name) => name !== ''), ...subgraphs(node).flatMap(outerNames)];
}

/** Makes the node, and what is inside its subgraphs, read `to` wherever it read `from`. */
export function renameInput(node: NodeProto, from: string, to: string): void {
  node.input = node.input.map((name) => (name === from ? to : name));
  for (const graph of subgraphs(node)) {
    if (ownNames(graph).has(from)) continue;
    for (const inner of graph.node) renameInput(inner, from, to);
  }
}

/** The graphs inside a node's attributes. */
export function subgraphs(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs));
}

function outerNames(graph: GraphProto): string[] {
  const own = ownNames(graph);
  const read = [...graph.node.flatMap(nodeInputs), ...graph.output.map(({ name }) => name)];
  return read.filter((name) => !own.has(name));
}

function ownNames(graph: GraphProto): Set<string> {
  const { input, initializer, node } = graph;
  return new Set([...input, ...initializer].map(({ name }) => name).concat(node.flatMap(({ output }) => output)));
}
