/**
 * The safetensors format, both directions: an 8-byte little-endian header length, a JSON header, then raw tensors.
 * https://huggingface.co/docs/safetensors (format section). Sizes are checked before anything is read.
 */
import * as z from 'zod';
import { HumanError } from '../problem.ts';

export type TensorData = Float32Array | Float64Array | BigInt64Array;

export interface Tensor<T extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: T;
}

export interface Safetensors {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const kinds = { F32: Float32Array, F64: Float64Array, I64: BigInt64Array } as const;

const entrySchema = z.object({
  dtype: z.enum(['F32', 'F64', 'I64']),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

const maxHeader = 100_000_000;

/** Tensors in the order given, data aligned to 8 bytes; the same input gives the same bytes. */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const start = end;
    end += Math.ceil(data.byteLength / 8) * 8;
    return [name, { dtype: dtypeOf(data), shape, data_offsets: [start, start + data.byteLength] }] as const;
  });
  // The format wants offsets without holes, so a tensor of odd length is only allowed at the end.
  const offsets = entries.map(([, entry]) => entry.data_offsets);
  if (offsets.some(([start], i) => i > 0 && start !== offsets[i - 1]![1])) {
    throw new RangeError('Only the last tensor may have a length that is not a multiple of 8 bytes.');
  }
  const header = encodeAscii(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  const start = 8 + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(start + (offsets.at(-1)?.[1] ?? 0)).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(header, 8);
  Object.values(tensors).forEach(({ data }, i) => {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + offsets[i]![0]);
  });
  return bytes;
}

/** @throws {HumanError} what is wrong with the file */
export function readSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const fail = (message: string): never => {
    throw new HumanError({
      file,
      message: `Not a safetensors file: ${message}.`,
      fix: 'Make it again, or restore it from a copy.',
    });
  };
  if (bytes.length < 8) return fail('it is too short');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > Math.min(maxHeader, bytes.length - 8)) return fail('its header is cut off');
  let header: unknown;
  try {
    header = JSON.parse(decodeAscii(bytes.subarray(8, 8 + length)));
  } catch {
    return fail('its header is no JSON');
  }
  const { __metadata__: metadata = {}, ...entries } = z.record(z.string(), z.unknown()).catch({}).parse(header);
  const tensors: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(entries)) {
    const entry = entrySchema.safeParse(value);
    if (!entry.success) return fail(`tensor "${name}" is not of a known kind`);
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = entry.data;
    const Kind = kinds[dtype];
    const count = shape.reduce((product, size) => product * size, 1);
    if (to - from !== count * Kind.BYTES_PER_ELEMENT || 8 + length + to > bytes.length)
      return fail(`tensor "${name}" is cut off`);
    tensors[name] = { shape, data: new Kind(bytes.slice(8 + length + from, 8 + length + to).buffer) };
  }
  return { tensors, metadata: z.record(z.string(), z.string()).catch({}).parse(metadata) };
}

function dtypeOf(data: TensorData): keyof typeof kinds {
  return data instanceof Float32Array ? 'F32' : data instanceof Float64Array ? 'F64' : 'I64';
}

/** JSON with everything outside ASCII escaped, as bytes: core has no TextEncoder. */
function encodeAscii(json: string): Uint8Array {
  const ascii = json.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Uint8Array.from(ascii, (char) => char.charCodeAt(0));
}

function decodeAscii(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}
