import type { GraphProto, NodeProto } from 'onnx-buf';
import { HumanError } from '../../problem.ts';
import { nodeInputs } from './node-inputs.ts';
import type { OnnxModel } from './onnx-model.ts';

/**
 * Leaves of the graph what its outputs are computed from, in an order in which every node follows what it reads.
 * Nodes, initializers and inputs that no output needs go; the order of what stays is otherwise kept. So do all notes of
 * shapes: onnxruntime works them out itself, and exporters get them wrong (the model builder's f16 CPU graphs call the
 * repeated keys as long as the block); onnxruntime trusts them when it reuses buffers, and an edited graph can then fail.
 * @throws {HumanError} when nodes read each other in a circle
 */
export function pruneGraph({ file, graph }: OnnxModel): void {
  const nodes = nodesFor(
    graph,
    graph.output.map(({ name }) => name),
  );
  if (!nodes) {
    throw new HumanError({
      file,
      message: 'The nodes of this graph read each other in a circle.',
      fix: 'The file is damaged: download or export the model again.',
    });
  }
  const used = new Set([...nodes.flatMap(nodeInputs), ...graph.output.map(({ name }) => name)]);
  graph.node = nodes;
  graph.input = graph.input.filter(({ name }) => used.has(name));
  graph.initializer = graph.initializer.filter(({ name }) => used.has(name));
  graph.sparseInitializer = graph.sparseInitializer.filter(({ values }) => used.has(values?.name ?? ''));
  graph.valueInfo = [];
}

/**
 * The nodes that `outputs` are computed from, each after those it reads, otherwise in their old order. Depth first;
 * iterative, since a graph is thousands of nodes deep.
 * @returns undefined when nodes read each other in a circle
 */
export function nodesFor(graph: GraphProto, outputs: readonly string[]): NodeProto[] | undefined {
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  producers.delete('');
  const needed = new Set<NodeProto>();
  const todo = [...outputs];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    const node = producers.get(name);
    if (!node || needed.has(node)) continue;
    needed.add(node);
    todo.push(...nodeInputs(node));
  }

  const done = new Set<NodeProto>();
  const open = new Set<NodeProto>();
  for (const root of graph.node) {
    const stack = needed.has(root) ? [root] : [];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const waiting = done.has(node) ? [] : nodeInputs(node).flatMap((name) => producers.get(name) ?? []);
      const next = waiting.find((each) => !done.has(each));
      if (next) {
        if (open.has(next) || next === node) return undefined;
        open.add(node);
        stack.push(next);
      } else {
        open.delete(node);
        done.add(node);
        stack.pop();
      }
    }
  }
  return [...done];
}
