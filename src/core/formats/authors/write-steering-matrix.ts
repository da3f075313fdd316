import { HumanError } from '../../problem.ts';
import { crc32 } from './crc32.ts';
import { writeTensorPickle } from './tensor-pickle.ts';

export interface ExportedSteering {
  /** Layers of the whole model: the authors' tensor has one matrix for each. */
  readonly modelLayers: number;
  readonly d: number;
  readonly layers: readonly number[];
  /** [L, d] row by row; r points to refusing. */
  readonly w: Float32Array;
  readonly r: Float32Array;
}

/** Zip without 64-bit sizes. */
const maxBytes = 0xffffffff - (1 << 16);

/**
 * A steering as the authors save it: a tensor f32 [layers, d, d] of w rᵀ as `torch.save` writes it, in pieces. Their r
 * points from refusing to answering and their strengths are negative, so the sign of the matrices is turned.
 * @throws {HumanError} it would be larger than 4 GiB
 */
export function writeSteeringMatrices(steering: ExportedSteering): Iterable<Uint8Array> {
  const { modelLayers, d } = steering;
  if (modelLayers * d * d * 4 > maxBytes) {
    throw new HumanError({
      message: `The authors' format takes d x d numbers for each of the ${modelLayers} layers: more than the 4 GiB that such a file can hold.`,
      fix: 'Export to safetensors: it holds the same in 2 d numbers a layer.',
    });
  }
  const entries: Entry[] = [
    { name: 'steering_matrix/data.pkl', pieces: () => [writeTensorPickle([modelLayers, d, d])] },
    { name: 'steering_matrix/byteorder', pieces: () => [ascii('little')] },
    { name: 'steering_matrix/data/0', pieces: () => matrices(steering) },
    { name: 'steering_matrix/version', pieces: () => [ascii('3\n')] },
  ];
  return zip(entries);
}

interface Entry {
  readonly name: string;
  /** The same bytes each time: made once for the checksum, which stands before them, and once to be written. */
  readonly pieces: () => Iterable<Uint8Array>;
}

function* matrices({ modelLayers, d, layers, w, r }: ExportedSteering): Iterable<Uint8Array> {
  for (let layer = 0; layer < modelLayers; layer++) {
    const matrix = new Float32Array(d * d);
    const k = layers.indexOf(layer);
    if (k >= 0) {
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) matrix[i * d + j] = -w[k * d + i]! * r[k * d + j]!;
      }
    }
    yield new Uint8Array(matrix.buffer);
  }
}

function* zip(entries: readonly Entry[]): Iterable<Uint8Array> {
  let offset = 0;
  const directory: Uint8Array[] = [];
  for (const { name, pieces } of entries) {
    let crc = 0;
    let size = 0;
    for (const piece of pieces()) {
      crc = crc32(piece, crc);
      size += piece.length;
    }
    // Version 2.0, stored, 1 January 1980: the same steering gives the same bytes.
    const about = [...u16(20), ...u16(0), ...u16(0), ...u16(0), ...u16(0x21), ...u32(crc), ...u32(size), ...u32(size)];
    const local = Uint8Array.from([...u32(0x04034b50), ...about, ...u16(name.length), ...u16(0), ...ascii(name)]);
    yield local;
    yield* pieces();
    const nothing = [...u16(0), ...u16(0), ...u16(0), ...u16(0), ...u32(0)];
    directory.push(
      Uint8Array.from([
        ...u32(0x02014b50),
        ...u16(20),
        ...about,
        ...u16(name.length),
        ...nothing,
        ...u32(offset),
        ...ascii(name),
      ]),
    );
    offset += local.length + size;
  }
  yield* directory;
  const length = directory.reduce((sum, entry) => sum + entry.length, 0);
  const count = u16(entries.length);
  yield Uint8Array.from([
    ...u32(0x06054b50),
    ...u16(0),
    ...u16(0),
    ...count,
    ...count,
    ...u32(length),
    ...u32(offset),
    ...u16(0),
  ]);
}

function u16(value: number): number[] {
  return [value & 0xff, value >>> 8];
}

function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
