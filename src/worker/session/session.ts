import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** What is needed of a session to run it: onnxruntime's own have it. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, Tensor>>, wanted: readonly string[]): Promise<InferenceSession.OnnxValueMapType>;
  release(): Promise<void>;
}

/**
 * Runs with those of `feeds` that the session has an input for: what an edit cut off must not be fed.
 * @param wanted outputs to compute; all where it is absent
 */
export async function runSession(
  session: Session,
  feeds: Readonly<Record<string, Tensor>>,
  wanted = session.outputNames,
): Promise<InferenceSession.OnnxValueMapType> {
  const inputs = new Set(session.inputNames);
  const taken = Object.fromEntries(Object.entries(feeds).filter(([name]) => inputs.has(name)));
  return await session.run(taken, wanted);
}
