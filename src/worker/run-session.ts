import type { InferenceSession, Tensor } from 'onnxruntime-node';

/**
 * Runs with those of `feeds` that the session has an input for: what an edit cut off must not be fed.
 * @param wanted outputs to compute; all where it is absent
 */
export async function runSession(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  wanted?: readonly string[],
): Promise<InferenceSession.OnnxValueMapType> {
  const inputs = new Set(session.inputNames);
  const taken = Object.fromEntries(Object.entries(feeds).filter(([name]) => inputs.has(name)));
  return wanted ? await session.run(taken, wanted) : await session.run(taken);
}
