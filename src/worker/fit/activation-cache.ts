import { randomUUID } from 'node:crypto';
import { readSync } from 'node:fs';
import { open, readdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { withPath } from '../../workspace/files/io-error.ts';
import { makeFolder } from '../../workspace/files/make-folder.ts';
import { HashIndex } from './hash-index.ts';

/** Bytes of an id in its file: 64 hex digits and a line feed. */
const idBytes = 65;

/**
 * Activations by content: rows of `width` f32 values, each under the SHA-256 of the token ids that made it. Whoever adds to a
 * cache has two append-only files of its own, `<key>-<uuid>.f32` with the rows and `.ids` with their ids: in files that two
 * processes appended to, rows came to stand under each other's ids. Rows are written before their ids, and what a crash
 * left half-written is not read, so a kill loses at most the batch in the air.
 */
export interface ActivationCache {
  has(id: string): boolean;
  put(rows: readonly { readonly id: string; readonly values: Float32Array }[]): Promise<void>;
  /**
   * `length` values of a row from the `from`-th on: one layer of it, say.
   * @throws {RangeError} when the id is not in the cache, or its file was cut off meanwhile
   */
  read(id: string, from: number, length: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens a cache with all that was put into it before; what another process puts meanwhile is not seen. */
export async function openActivationCache(folder: string, key: string, width: number): Promise<ActivationCache> {
  await makeFolder(folder);
  const rows = new CachedRows(width);
  try {
    for (const name of await namesIn(folder, key)) await rows.load(join(folder, name));
  } catch (error) {
    await rows.close();
    throw error;
  }
  let own: { readonly rows: FileHandle; readonly ids: FileHandle; readonly path: string } | undefined;
  const create = async (): Promise<typeof own> => {
    const path = join(folder, `${key}-${randomUUID()}`);
    const file = await open(`${path}.f32`, 'ax+');
    rows.add(file);
    return { rows: file, ids: await open(`${path}.ids`, 'ax'), path };
  };
  return {
    has: (id) => rows.has(id),
    put: async (fresh) => {
      // One prompt may stand in a batch twice: a second row would put every later one in the wrong place.
      const missing = [...new Map(fresh.filter(({ id }) => !rows.has(id)).map((row) => [row.id, row])).values()];
      if (missing.length === 0) return;
      own ??= await create();
      const { path, ...files } = own!;
      const bytes = missing.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, width * 4));
      await files.rows.appendFile(Buffer.concat(bytes)).catch(withPath(path));
      await files.ids.appendFile(missing.map(({ id }) => `${id}\n`).join('')).catch(withPath(path));
      for (const { id } of missing) rows.note(id);
    },
    read: (id, from, length) =>
      new Promise((resolve) => {
        resolve(rows.read(id, from, length));
      }),
    close: async () => {
      await rows.close();
      await own?.ids.close();
    },
  };
}

/** The files of a cache, without `.f32` and `.ids`. */
async function namesIn(folder: string, key: string): Promise<string[]> {
  const all = new Set(await readdir(folder));
  const isPart = (name: string): boolean => name.startsWith(`${key}-`) && all.has(`${name}.f32`);
  return [...all].flatMap((file) => /^(.*)\.ids$/.exec(file)?.[1] ?? []).filter(isPart);
}

/** Where the row of each id is in some files. */
class CachedRows {
  readonly #width: number;
  readonly #index = new HashIndex();
  /** Of each id of the index the place of its row, counted over those of all files. */
  readonly #places: number[] = [];
  readonly #files: { readonly rows: FileHandle; readonly first: number }[] = [];
  #count = 0;

  constructor(width: number) {
    this.#width = width;
  }

  async load(path: string): Promise<void> {
    const ids = await readFile(`${path}.ids`);
    const rows = await open(`${path}.f32`);
    this.add(rows);
    const whole = Math.floor((await rows.stat()).size / (this.#width * 4));
    for (let row = 0; row < Math.min(whole, Math.floor(ids.length / idBytes)); row++) {
      const line = ids.toString('latin1', row * idBytes, (row + 1) * idBytes);
      if (!/^[0-9a-f]{64}\n$/.test(line)) return;
      this.note(line.slice(0, -1));
    }
  }

  /** The rows that are noted from now on are those of this file. */
  add(rows: FileHandle): void {
    this.#files.push({ rows, first: this.#count });
  }

  /** The next row of the last file is that of `id`. */
  note(id: string): void {
    const number = this.#index.add(id);
    if (number === this.#places.length) this.#places.push(this.#count);
    this.#count += 1;
  }

  has(id: string): boolean {
    return this.#index.find(id) !== undefined;
  }

  read(id: string, from: number, length: number): Float32Array {
    const number = this.#index.find(id);
    if (number === undefined) throw new RangeError(`No activations cached for ${id}.`);
    const place = this.#places[number]!;
    const { rows, first } = this.#files.findLast((file) => file.first <= place)!;
    const values = new Float32Array(length);
    // Not `rows.read`: a promise and a thread's turn for each of a fit's prompts took four times the whole reading.
    const read = readSync(rows.fd, values, 0, length * 4, ((place - first) * this.#width + from) * 4);
    if (read < length * 4) throw new RangeError(`The activations cached for ${id} were cut off.`);
    return values;
  }

  async close(): Promise<void> {
    for (const { rows } of this.#files) await rows.close();
  }
}
