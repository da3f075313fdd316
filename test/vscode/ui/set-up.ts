import { installCodeServer } from '../host/install-code-server.ts';

/** Installs the editor once before all of these tests. Those of the packages alone run without it. */
export function setup(): void {
  const why = installCodeServer();
  if (why !== undefined) console.warn(`No editor: ${why}`);
}
