import { resolve } from 'node:path';

/** Picks the named options, and leaves out what was not given. */
export function given<T extends object, K extends keyof T>(options: T, ...names: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const name of names) if (options[name] !== undefined) picked[name] = options[name];
  return picked as Pick<T, K>;
}

/** `--out` from the working folder, where it was given. */
export function givenOut({ out }: { readonly out?: string }): { readonly out?: string } {
  return out === undefined ? {} : { out: resolve(out) };
}
