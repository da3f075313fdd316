import { open, type FileHandle } from 'node:fs/promises';
import { withPath } from './io-error.ts';
import { readIfThere } from './read-if-there.ts';

export interface JsonLines<T> {
  /** The lines read when the file was opened, in order. */
  readonly rows: readonly T[];
  /** Whether a torn last line (a crash or a full disk) was cut off. */
  readonly torn: boolean;
  /** Lines, from 1, that are whole but no valid row; they stay in the file and are not in `rows`. */
  readonly bad: readonly number[];
  append(rows: readonly T[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens an append-only file of one JSON value a line. What follows the last line feed is a line that was never
 * finished: it is cut off, so that the next append starts on a line of its own.
 * @param parse gives undefined for a value that is no row
 */
export async function openJsonLines<T>(file: string, parse: (value: unknown) => T | undefined): Promise<JsonLines<T>> {
  const { rows, bad, wholeBytes, torn } = await readJsonLines(file, parse);
  const handle: FileHandle = await open(file, 'a');
  if (torn) await handle.truncate(wholeBytes);
  return {
    rows,
    torn,
    bad,
    append: async (fresh) => {
      if (fresh.length === 0) return;
      await handle.appendFile(fresh.map((row) => `${JSON.stringify(row)}\n`).join('')).catch(withPath(file));
    },
    close: () => handle.close(),
  };
}

interface ReadLines<T> {
  readonly rows: readonly T[];
  readonly bad: readonly number[];
  readonly torn: boolean;
  readonly wholeBytes: number;
}

/** Reads such a file and leaves it as it is: somebody else may be writing. A file that is not there has no lines. */
export async function readJsonLines<T>(file: string, parse: (value: unknown) => T | undefined): Promise<ReadLines<T>> {
  return parseJsonLines((await readIfThere(file)) ?? Buffer.alloc(0), parse);
}

export function parseJsonLines<T>(bytes: Buffer, parse: (value: unknown) => T | undefined): ReadLines<T> {
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const rows: T[] = [];
  const bad: number[] = [];
  bytes
    .toString('utf8', 0, wholeBytes)
    .split('\n')
    .slice(0, -1)
    .forEach((line, i) => {
      const row = parse(tryJson(line));
      if (row === undefined) bad.push(i + 1);
      else rows.push(row);
    });
  return { rows, bad, torn: wholeBytes < bytes.length, wholeBytes };
}

function tryJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
