import type { ByteSource } from './byte-source.ts';
import { unreadable } from './unreadable.ts';

export interface ZipEntry {
  readonly size: number;
  readonly localHeader: number;
}

const endSize = 22;
const maxComment = 0xffff;
/** A tensor's file has some five entries. */
const maxDirectory = 1 << 20;

/**
 * The entries of a zip file as `torch.save` writes it: not compressed, below 4 GiB. Every size is checked against the
 * file before anything is read by it.
 * @throws {HumanError} no such zip file
 */
export async function zipEntries(source: ByteSource, file: string): Promise<ReadonlyMap<string, ZipEntry>> {
  const tail = view(
    await source.read(Math.max(0, source.size - endSize - maxComment), Math.min(source.size, endSize + maxComment)),
  );
  const end = endOfDirectory(tail);
  if (end === undefined) throw unreadable(file, 'it is no zip file, or it is cut off');
  const count = tail.getUint16(end + 10, true);
  const size = tail.getUint32(end + 12, true);
  const offset = tail.getUint32(end + 16, true);
  if (offset === 0xffffffff) throw unreadable(file, 'it is larger than 4 GiB');
  if (size > maxDirectory || offset + size > source.size)
    throw unreadable(file, 'the directory of the zip file is damaged');
  const directory = view(await source.read(offset, size));
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > size || directory.getUint32(at, true) !== 0x02014b50) {
      throw unreadable(file, 'the directory of the zip file is damaged');
    }
    const packed = directory.getUint32(at + 20, true);
    const unpacked = directory.getUint32(at + 24, true);
    const nameEnd = at + 46 + directory.getUint16(at + 28, true);
    if (nameEnd > size) throw unreadable(file, 'the directory of the zip file is damaged');
    const name = String.fromCharCode(
      ...new Uint8Array(directory.buffer, directory.byteOffset + at + 46, nameEnd - at - 46),
    );
    if (directory.getUint16(at + 10, true) !== 0 || packed !== unpacked)
      throw unreadable(file, `its part "${name}" is compressed`);
    entries.set(name, { size: unpacked, localHeader: directory.getUint32(at + 42, true) });
    at = nameEnd + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
  }
  return entries;
}

/**
 * Where the bytes of an entry begin in the file.
 * @throws {HumanError} they are not all there
 */
export async function entryStart(source: ByteSource, { size, localHeader }: ZipEntry, file: string): Promise<number> {
  const damaged = unreadable(file, 'a part of the zip file is damaged or cut off');
  if (localHeader + 30 > source.size) throw damaged;
  const header = view(await source.read(localHeader, 30));
  if (header.getUint32(0, true) !== 0x04034b50) throw damaged;
  const start = localHeader + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + size > source.size) throw damaged;
  return start;
}

function endOfDirectory(tail: DataView): number | undefined {
  for (let at = tail.byteLength - endSize; at >= 0; at--) {
    if (tail.getUint32(at, true) === 0x06054b50 && at + endSize + tail.getUint16(at + 20, true) === tail.byteLength)
      return at;
  }
  return undefined;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
