/**
 * Where the nodes of a graph ran, as the end of a sentence.
 * @param nodes how many of them ran on each of onnxruntime's providers; absent where nothing ran
 */
export function nodesText(nodes: Readonly<Record<string, number>> | undefined): string {
  if (!nodes) return '';
  const counts = Object.entries(nodes).sort(([, a], [, b]) => b - a);
  if (counts.length === 0) return '; which nodes ran where is not known: its profile names none';
  return `; nodes: ${counts.map(([name, count]) => `${count} ${name.replace('ExecutionProvider', '')}`).join(', ')}`;
}
