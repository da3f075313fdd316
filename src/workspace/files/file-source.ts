import { open } from 'node:fs/promises';
import type { ByteSource } from '../../core/formats/authors/byte-source.ts';

/** Lets `use` read a file piece by piece, and closes it. */
export async function withFileSource<T>(file: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    return await use({
      size,
      read: async (from, length) => {
        const bytes = new Uint8Array(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
          if (bytesRead === 0) throw new Error(`${file} became shorter while it was read.`);
          done += bytesRead;
        }
        return bytes;
      },
    });
  } finally {
    await handle.close();
  }
}
