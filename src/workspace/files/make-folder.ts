import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HumanError } from '../../core/problem.ts';
import { hasCode } from './io-error.ts';

/**
 * Makes a folder and those above it, where they are not there. Step by step, because Node's recursive `mkdir` says "no
 * such file" of a file system that is read-only.
 * @throws {HumanError} one of them is a file
 */
export async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (found !== undefined) {
    throw new HumanError({
      file: folder,
      message: 'This is a file, and a folder has to be here.',
      fix: 'Move it away, or write to another folder (--out).',
    });
  }
  await makeFolder(dirname(folder));
  await mkdir(folder).catch((error: unknown) => {
    // Made meanwhile.
    if (!hasCode(error, 'EEXIST')) throw error;
  });
}
