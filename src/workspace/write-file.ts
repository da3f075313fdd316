import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withPath } from './io-error.ts';
import { makeFolder } from './make-folder.ts';

/** Writes a file whole or not at all: to a name beside it first, then renamed over it. */
export async function writeFileWhole(file: string, data: string | Uint8Array | Iterable<Uint8Array>): Promise<void> {
  await makeFolder(dirname(file));
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, data).catch(withPath(file));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
