// Each test file is a bundle of its own, so a module's variable would not be shared.
const store = globalThis as { alphasteerMeasured?: string[] };

/** Keeps a figure for the run's output: the console of an extension host is not read. @returns all that were kept */
export function measured(...lines: readonly string[]): readonly string[] {
  store.alphasteerMeasured = [...(store.alphasteerMeasured ?? []), ...lines];
  return store.alphasteerMeasured;
}
