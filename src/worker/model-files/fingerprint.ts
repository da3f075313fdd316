import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import type { ModelFolder } from './model-folder.ts';
import { shortHash } from './short-hash.ts';

const knownSchema = z.object({ stamp: z.string(), fingerprint: z.string().regex(/^[0-9a-f]{64}$/) });

/** Milliseconds in which a file may be written twice without another time in its stamp. */
const clockStep = 2000;

/**
 * SHA-256 of a model's files, hex; those that are not there are left out. It is kept with their stamps, and while no file changes
 * they are not read again: size, inode and the times of contents and inode to the nanosecond, by which git, too, tells a change.
 * @param cache a folder for it
 */
export async function fingerprint(
  folder: Pick<ModelFolder, 'path'>,
  files: readonly string[],
  cache: string,
  now = Date.now(),
): Promise<string> {
  const stats = await Promise.all(files.map((file) => stat(file, { bigint: true }).catch(() => undefined)));
  const stamp = JSON.stringify(stats.map((one) => one && [one.size, one.ino, one.mtimeNs, one.ctimeNs].map(String)));
  const place = join(cache, `${shortHash(files)}.json`);
  const known = await readFile(place, 'utf8')
    .then((text) => knownSchema.parse(JSON.parse(text)))
    .catch(() => undefined); // not there, or not whole: it is made again
  if (known?.stamp === stamp) return known.fingerprint;

  const hash = createHash('sha256');
  for (const [i, file] of files.entries()) {
    if (!stats[i]) continue;
    hash.update(`\0${relative(folder.path, file)}\0`);
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  }
  const made = hash.digest('hex');
  const settled = stats.every((one) => !one || now - Number(one.ctimeMs) > clockStep);
  // A cache that can't be written costs the next start a reading, and nothing else.
  if (settled) await writeFileWhole(place, JSON.stringify({ stamp, fingerprint: made })).catch(() => undefined);
  return made;
}
