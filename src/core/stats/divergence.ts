/** @param logits [n], of any scale @returns natural logarithms of the probabilities, [n] */
export function logSoftmax(logits: Float32Array): Float32Array {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = Math.log(logits.reduce((total, x) => total + Math.exp(x - top), 0));
  return logits.map((x) => x - top - sum);
}

/** Kullback-Leibler divergence KL(p ‖ q) in nats, of log-probabilities [n]. */
export function divergence(p: Float32Array, q: Float32Array): number {
  return p.reduce((sum, x, i) => sum + Math.exp(x) * (x - q[i]!), 0);
}
