/** Where a model ran on a device. */
export interface Where {
  /** How many nodes of its graph ran on each of onnxruntime's providers; absent where nothing ran. */
  readonly nodes?: Readonly<Record<string, number>> | undefined;
  /** What memory its KV cache is kept in; absent on the CPU, and where nothing ran. */
  readonly cache?: 'device' | 'host' | undefined;
}

/** Where the nodes of a graph ran and its KV cache is kept, as the end of a sentence. */
export function whereText({ nodes, cache }: Where): string {
  return `${nodesText(nodes)}${cache ? `; KV cache ${cache === 'device' ? 'on the device' : 'in host memory'}` : ''}`;
}

function nodesText(nodes: Where['nodes']): string {
  if (!nodes) return '';
  const counts = Object.entries(nodes).sort(([, a], [, b]) => b - a);
  if (counts.length === 0) return '; which nodes ran where is not known: its profile names none';
  return `; nodes: ${counts.map(([name, count]) => `${count} ${name.replace('ExecutionProvider', '')}`).join(', ')}`;
}
