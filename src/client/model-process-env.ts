/**
 * The environment of a process that loads onnxruntime. Since 1.29 onnxruntime's builds for Linux and macOS tell Microsoft of
 * each session (the model file's name, hashes of graph and weights, device, errors), under an identifier that they leave in
 * the user's cache, unless this is set before they are loaded (onnxruntime's docs/Privacy.md). A process that is under way is
 * too late: modules that import it load it first. Of its events on Windows, which the system records where a trace session
 * asks for them, its package for Node.js has no switch.
 */
export function modelProcessEnv(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...more, ORT_DISABLE_TELEMETRY: '1' };
}
