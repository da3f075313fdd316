const key = Symbol.for('alphasteer.measured');
const store = globalThis as { [key]?: string[] };

/** Keeps a figure for the run's output: the console of an extension host is not read. @returns all that were kept */
export function measured(...lines: readonly string[]): readonly string[] {
  // Each test file is a bundle of its own, so a module's variable would not be shared.
  return ((store[key] ??= []).push(...lines), store[key]);
}
