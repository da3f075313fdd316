import { readFile } from 'node:fs/promises';

/** The bytes of a file, or undefined where there is none; any other refusal is an error. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  return await readFile(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
}
