import { open } from 'node:fs/promises';
import { hasCode } from './io-error.ts';
import { parseJsonLines } from './json-lines.ts';

/** Follows a file of one JSON value a line while somebody else appends to it. Reads don't overlap. */
export class JsonLinesTail<T> {
  readonly #file: string;
  readonly #parse: (value: unknown) => T | undefined;
  #readBytes = 0;

  constructor(file: string, parse: (value: unknown) => T | undefined) {
    this.#file = file;
    this.#parse = parse;
  }

  /**
   * The whole lines since the last read; a line still being written waits for the next one. `fromStart` says that they
   * are all there is: the first read, or a file that became shorter. A file that is not there has no lines.
   */
  async read(): Promise<{ readonly rows: readonly T[]; readonly fromStart: boolean }> {
    const handle = await open(this.#file).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (handle === null) {
      this.#readBytes = 0;
      return { rows: [], fromStart: true };
    }
    try {
      const { size } = await handle.stat();
      if (size < this.#readBytes) this.#readBytes = 0;
      const from = this.#readBytes;
      const bytes = Buffer.alloc(size - from);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      const { rows, wholeBytes } = parseJsonLines(bytes.subarray(0, bytesRead), this.#parse);
      this.#readBytes += wholeBytes;
      return { rows, fromStart: from === 0 };
    } finally {
      await handle.close();
    }
  }
}
