import { readFile } from 'node:fs/promises';
import { hasCode } from './io-error.ts';

/** The bytes of a file, or undefined where there is none; any other refusal is an error. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  return await readFile(file).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}
