import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ByteSource } from '../../../../../src/core/formats/authors/byte-source.ts';

const folder = new URL('../../../../fixtures/authors/', import.meta.url);

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(name, folder))));
}

export function fixtureJson(name: string): unknown {
  return JSON.parse(new TextDecoder().decode(fixture(name)));
}

/** Bytes as a file; a read outside of them is a mistake of the reader's. */
export function source(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (from, length) => {
      if (!(from >= 0 && length >= 0 && from + length <= bytes.length)) {
        throw new RangeError(`${length} bytes from ${from} are not in ${bytes.length}`);
      }
      return Promise.resolve(bytes.subarray(from, from + length));
    },
  };
}
