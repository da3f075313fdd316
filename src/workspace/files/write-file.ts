import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HumanError } from '../../core/problem.ts';
import { withPath } from './io-error.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a file whole or not at all: to a name beside it first, then renamed over it. A link stays and its file is written;
 * what is no file but can be written, such as `/dev/stdout` or a pipe, is written as it is.
 * @throws {HumanError} there is a folder of this name
 */
export async function writeFileWhole(file: string, data: string | Uint8Array | Iterable<Uint8Array>): Promise<void> {
  await makeFolder(dirname(file));
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new HumanError({
      file,
      message: 'This is a folder, and a file has to be written here.',
      fix: 'Name a file in it.',
    });
  }
  if (found !== undefined && !found.isFile()) {
    await writeFile(file, data).catch(withPath(file));
    return;
  }
  const target = await realpath(file).catch(() => file);
  const draft = `${target}.${process.pid}.tmp`;
  try {
    await writeFile(draft, data).catch(withPath(file));
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
