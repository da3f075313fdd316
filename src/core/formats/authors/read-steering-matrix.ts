import type { ByteSource } from './byte-source.ts';
import { halfToNumber } from '../half.ts';
import { readTensorPickle, type StorageType } from './tensor-pickle.ts';
import { unreadable } from './unreadable.ts';
import { entryStart, zipEntries, type ZipEntry } from './zip-entries.ts';

/** The authors' `steering_matrix_*.pt`: a tensor [layers, d, d], most of its layers zero. */
export interface SteeringMatrices {
  readonly layers: number;
  readonly d: number;
  /** The matrix of a layer, row by row: h' = h + strength * (h_last @ M). */
  read(layer: number): Promise<Float32Array | Float64Array>;
}

const bytesOf: Readonly<Record<StorageType, number>> = {
  FloatStorage: 4,
  DoubleStorage: 8,
  BFloat16Storage: 2,
  HalfStorage: 2,
};

/** A tensor's pickle has some 300 bytes. */
const maxPickle = 1 << 16;

/**
 * Opens such a file; nothing of it is run, and a layer is read when it is asked for.
 * @throws {HumanError} what it is instead
 */
export async function readSteeringMatrices(source: ByteSource, file: string): Promise<SteeringMatrices> {
  if (isLegacy(await source.read(0, Math.min(4, source.size)))) {
    throw unreadable(file, 'it is in the format that PyTorch wrote before 1.6, a bare pickle');
  }
  const entries = await zipEntries(source, file);
  const pickle = [...entries].find(([name]) => name.endsWith('/data.pkl'));
  if (pickle === undefined) throw unreadable(file, 'the zip file holds no data.pkl');
  const root = pickle[0].slice(0, -'data.pkl'.length);
  const order = entries.get(`${root}byteorder`);
  if (order !== undefined && text(await readEntry(order, 16)) !== 'little')
    throw unreadable(file, 'its numbers are big-endian');
  const { type, key, shape } = readTensorPickle(await readEntry(pickle[1], maxPickle), file);
  const [layers, d, columns] = shape;
  if (shape.length !== 3 || !layers || !d || d !== columns) {
    throw unreadable(file, `its tensor has the shape [${shape.join(', ')}], not [layers, d, d]`);
  }
  const storage = entries.get(`${root}data/${key}`);
  const layerBytes = d * d * bytesOf[type];
  if (storage === undefined || storage.size < layers * layerBytes)
    throw unreadable(file, 'the numbers of its tensor are missing or cut off');
  const start = await entryStart(source, storage, file);
  return {
    layers,
    d,
    read: async (layer) => {
      if (!Number.isInteger(layer) || layer < 0 || layer >= layers) {
        throw new RangeError(`There is no layer ${layer} of ${layers}.`);
      }
      return numbers(await source.read(start + layer * layerBytes, layerBytes), type);
    },
  };

  async function readEntry(entry: ZipEntry, most: number): Promise<Uint8Array> {
    if (entry.size > most) throw unreadable(file, 'its description is far longer than a tensor’s');
    return source.read(await entryStart(source, entry, file), entry.size);
  }
}

/** A pickle begins with PROTO; the zip format with "PK". */
function isLegacy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80;
}

function numbers(bytes: Uint8Array, type: StorageType): Float32Array | Float64Array {
  const { buffer } = bytes.slice();
  switch (type) {
    case 'FloatStorage':
      return new Float32Array(buffer);
    case 'DoubleStorage':
      return new Float64Array(buffer);
    case 'HalfStorage':
      return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case 'BFloat16Storage':
      // bfloat16 is the upper half of a f32.
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
  }
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
