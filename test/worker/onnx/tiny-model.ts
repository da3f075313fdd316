import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TensorProto_DataType } from 'onnx-buf';
import { instrument, type InstrumentedModel, type InstrumentOptions } from '../../../src/core/onnx/instrument.ts';
import { readModelPorts, type ModelPorts } from '../../../src/core/onnx/model-ports.ts';
import { newestOf } from '../../../src/core/onnx/newest-entries.ts';
import { readModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { SteeringFeeds, type SteeringTensors } from '../../../src/worker/session/steering-feeds.ts';

export const tinyModels = join(import.meta.dirname, '../../fixtures/tiny-models');
export const quickstartModel = join(import.meta.dirname, '../../../examples/quickstart/model/onnx/model_q4.onnx');

/** What make.py of the tiny models wrote: PyTorch's numbers. */
export interface Expected {
  readonly prompts: number[][];
  readonly hidden: number[][][];
  readonly logits: number[][];
  readonly steering: { layers: number[]; w: number[][]; r: number[][]; strength: number; constant: number };
  readonly steered: number[][];
  readonly pushed: number[][];
}

export type Outputs = Readonly<Record<string, Tensor>>;
export type Feeds = Record<string, Tensor>;

/** One model on disk, from which sessions of edited graphs are made in memory, its weights staying in their file. */
export class ModelUnderTest {
  readonly file: string;
  readonly folder: string;
  readonly bytes: Uint8Array;
  readonly ports: ModelPorts;
  readonly headDim: number;

  constructor(file: string, headDim: number) {
    this.file = file;
    this.folder = join(file, '..');
    this.bytes = readFileSync(file);
    this.ports = readModelPorts(readModel(this.bytes, file));
    this.headDim = headDim;
  }

  async open(
    options?: InstrumentOptions,
  ): Promise<{ session: InferenceSession; edited: InstrumentedModel | undefined }> {
    const edited = options && instrument(this.bytes, this.file, options);
    const session = await InferenceSession.create(edited?.bytes ?? this.bytes, {
      intraOpNumThreads: 2,
      logSeverityLevel: 3,
      extra: { session: { model_external_initializers_file_folder_path: this.folder } },
    });
    return { session, edited };
  }

  /** Feeds of a prefill: rows right-padded with token 0, an empty cache. */
  prefill(rows: readonly (readonly number[])[]): Feeds {
    const length = Math.max(...rows.map((ids) => ids.length));
    const at = (value: (ids: readonly number[], i: number) => number): Tensor =>
      int64(
        rows.flatMap((ids) => Array.from({ length }, (_, i) => value(ids, i))),
        [rows.length, length],
      );
    const empty = this.ports.cache.flatMap(({ key, value }) =>
      [key, value].map(({ name, elementType, dims }) => [
        name,
        floats(elementType, [rows.length, Number(dims[1]), 0, this.headDim]),
      ]),
    );
    return {
      input_ids: at((ids, i) => ids[i] ?? 0),
      attention_mask: at((ids, i) => (i < ids.length ? 1 : 0)),
      ...(this.ports.positionIds && { position_ids: at((ids, i) => (i < ids.length ? i : 0)) }),
      ...(Object.fromEntries(empty) as Feeds),
      last_position: int64(
        rows.map((ids) => ids.length - 1),
        [rows.length, 1],
      ),
    };
  }

  /** Feeds of the decode step after a prefill of `rows`: one token a row, the prefill's cache, or all of it that is newest. */
  decode(rows: readonly (readonly number[])[], tokens: readonly number[], prefilled: Outputs): Feeds {
    const length = Math.max(...rows.map((ids) => ids.length)) + 1;
    const cache = this.ports.cache.flatMap(({ key, value, presentKey, presentValue }) => [
      [key.name, (prefilled[presentKey.name] ?? prefilled[newestOf(presentKey.name)])!],
      [value.name, (prefilled[presentValue.name] ?? prefilled[newestOf(presentValue.name)])!],
    ]);
    return {
      input_ids: int64(tokens, [rows.length, 1]),
      attention_mask: int64(
        rows.flatMap((ids) => Array.from({ length }, (_, i) => (i <= ids.length ? 1 : 0))),
        [rows.length, length],
      ),
      ...(this.ports.positionIds && {
        position_ids: int64(
          rows.map((ids) => ids.length),
          [rows.length, 1],
        ),
      }),
      ...(Object.fromEntries(cache) as Feeds),
      last_position: int64(
        rows.map(() => 0),
        [rows.length, 1],
      ),
    };
  }
}

/** Runs with those of `feeds` that the session has an input for. */
export async function run(session: InferenceSession, feeds: Feeds): Promise<Outputs> {
  const wanted = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
  return await session.run(Object.fromEntries(wanted));
}

export function int64(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

export function float32(values: ArrayLike<number>, dims: readonly number[]): Tensor {
  return new Tensor('float32', Float32Array.from(values), dims);
}

function floats(elementType: TensorProto_DataType, dims: readonly number[]): Tensor {
  const size = dims.reduce((a, b) => a * b, 1);
  return elementType === TensorProto_DataType.FLOAT16
    ? new Tensor('float16', new Uint16Array(size), dims)
    : float32(new Float32Array(size), dims);
}

/** The bytes of a tensor: two are the same bit for bit when these are. */
export function bits({ data }: Tensor): string {
  if (!ArrayBuffer.isView(data)) throw new TypeError('a tensor of strings has no bytes');
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}

/** One row of the first dimension, as numbers (f16 bits for f16). */
export function row(tensor: Tensor, index: number): number[] {
  const size = tensor.size / tensor.dims[0]!;
  return Array.from(tensor.data as Float32Array).slice(index * size, (index + 1) * size);
}

/** The number that 16 bits of an f16 stand for, which must be finite. */
export function halfToNumber(half: number): number {
  const [sign, exponent, fraction] = [half >> 15 ? -1 : 1, (half >> 10) & 31, half & 1023];
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** ‖a - b‖ / ‖b‖. */
export function relativeError(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((x, i) => x - b[i]!)) / Math.hypot(...b);
}

/** Reproducible noise in -1/2 ... 1/2 (mulberry32). */
export function noise(seed: number, length: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32 - 0.5;
  });
}

/** Steering by w and r of each layer, whatever the score. */
export function unlimited({ w, r }: { readonly w: number[][]; readonly r: number[][] }): SteeringTensors {
  return {
    w: Float32Array.from(w.flat()),
    r: Float32Array.from(r.flat()),
    thresholds: new Float32Array(w.length).fill(-Infinity),
  };
}

/** Steering by random w and r, one strength and one constant a row, the same for all layers, and one threshold. */
export function steeringFeeds(
  layers: number,
  d: number,
  strengths: readonly number[],
  { scale = 0.2, threshold = -Infinity, constant = 0 } = {},
): Feeds {
  const steering = {
    w: noise(1, layers * d).map((x) => x * scale),
    r: noise(2, layers * d),
    thresholds: new Float32Array(layers).fill(threshold),
  };
  return new SteeringFeeds(steering, d).ofPrompts(strengths.map((strength) => ({ strength, constant })));
}
