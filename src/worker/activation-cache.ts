import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { withPath } from '../workspace/io-error.ts';
import { makeFolder } from '../workspace/make-folder.ts';
import { HashIndex } from './hash-index.ts';

/** Bytes of an id in its file: 64 hex digits and a line feed. */
const idBytes = 65;

/**
 * Activations by content: rows of `width` f32 values, each under the SHA-256 of the token ids that made it. Two
 * append-only files, `<key>.f32` with the rows and `<key>.ids` with their ids. Rows are written before their ids, and
 * what a crash left half-written is cut off when the cache is opened, so a kill loses at most the batch in the air.
 */
export interface ActivationCache {
  has(id: string): boolean;
  put(rows: readonly { readonly id: string; readonly values: Float32Array }[]): Promise<void>;
  /**
   * `length` values of a row from the `from`-th on: one layer of it, say.
   * @throws {RangeError} when the id is not in the cache
   */
  read(id: string, from: number, length: number): Promise<Float32Array>;
  close(): Promise<void>;
}

export async function openActivationCache(folder: string, key: string, width: number): Promise<ActivationCache> {
  await makeFolder(folder);
  const rowsFile = join(folder, `${key}.f32`);
  const rows = await open(rowsFile, 'a+');
  const ids = await open(join(folder, `${key}.ids`), 'a+');
  const index = await recover(rows, ids, width * 4);
  return {
    has: (id) => index.find(id) !== undefined,
    put: async (fresh) => {
      // One prompt may stand in a batch twice: a second row would put every later one in the wrong place.
      const byId = new Map(fresh.filter(({ id }) => index.find(id) === undefined).map((row) => [row.id, row]));
      if (byId.size === 0) return;
      const missing = [...byId.values()];
      const bytes = missing.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, width * 4));
      await rows.appendFile(Buffer.concat(bytes)).catch(withPath(rowsFile));
      await ids.appendFile(missing.map(({ id }) => `${id}\n`).join('')).catch(withPath(rowsFile));
      for (const { id } of missing) index.add(id);
    },
    read: (id, from, length) => {
      const at = index.find(id);
      if (at === undefined) return Promise.reject(new RangeError(`No activations cached for ${id}.`));
      const values = new Float32Array(length);
      // Not `rows.read`: a promise and a thread's turn for each of a fit's prompts took four times the whole reading.
      readSync(rows.fd, values, 0, length * 4, (at * width + from) * 4);
      return Promise.resolve(values);
    },
    close: async () => {
      await rows.close();
      await ids.close();
    },
  };
}

/** @returns the ids by their rows */
async function recover(rows: FileHandle, ids: FileHandle, rowBytes: number): Promise<HashIndex> {
  const index = new HashIndex();
  const lines = await ids.readFile();
  const most = Math.min(Math.floor(lines.length / idBytes), Math.floor((await rows.stat()).size / rowBytes));
  for (let row = 0; row < most; row++) {
    const line = lines.toString('latin1', row * idBytes, (row + 1) * idBytes);
    // A second row of one id, as an earlier version wrote them, would take the next one's number.
    if (!/^[0-9a-f]{64}\n$/.test(line) || index.add(line.slice(0, -1)) !== row) break;
  }
  await rows.truncate(index.size * rowBytes);
  await ids.truncate(index.size * idBytes);
  return index;
}
