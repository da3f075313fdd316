import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HumanError } from '../../core/problem.ts';
import { readSafetensors, writeSafetensors } from '../../core/formats/safetensors.ts';
import { runFiles } from '../../workspace/runs/run-folder.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import type { Model } from '../model/model.ts';

/** A fitted steering: w and r, f32 [L, d] row by row, for `layers`. Positive strength is more refusal. */
export interface Steering {
  readonly layers: readonly number[];
  readonly w: Float32Array;
  readonly r: Float32Array;
  /** [L]: a prompt is steered at a layer where its score is above this; -Infinity: always. */
  readonly thresholds: Float32Array;
  readonly strength: number;
}

/** Writes `steering.safetensors` of a run folder. */
export async function writeSteering(
  run: string,
  steering: Steering,
  model: Parameters<typeof writeSteeringFile>[2],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  await writeSteeringFile(join(run, runFiles.steering), steering, model, metadata);
}

export async function writeSteeringFile(
  file: string,
  { layers, w, r, thresholds, strength }: Steering,
  model: Pick<Model, 'fingerprint' | 'hiddenSize'>,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const shape = [layers.length, model.hiddenSize];
  const bytes = writeSafetensors({
    tensors: {
      w: { shape, data: w },
      r: { shape, data: r },
      layers: { shape: [layers.length], data: BigInt64Array.from(layers, BigInt) },
      // Last: of an odd number of layers it is no multiple of 8 bytes.
      thresholds: { shape: [layers.length], data: thresholds },
    },
    metadata: { format: 'alphasteer/1', strength: String(strength), model: model.fingerprint, ...metadata },
  });
  await writeFileWhole(file, bytes);
}

/** The steering of a run folder. @throws {HumanError} as {@link readSteeringFile} */
export async function readSteering(run: string, model: Parameters<typeof readSteeringFile>[1]): Promise<Steering> {
  return readSteeringFile(join(run, runFiles.steering), model);
}

/** @throws {HumanError} not such a file, or made for another model */
export async function readSteeringFile(
  file: string,
  model: Pick<Model, 'fingerprint' | 'hiddenSize' | 'layers'>,
): Promise<Steering> {
  const { tensors, metadata } = readSafetensors(new Uint8Array(await readFile(file)), file);
  const { w, r, thresholds, layers } = tensors;
  const count = layers?.shape[0] ?? 0;
  const strength = Number(metadata['strength']);
  if (
    metadata['format'] !== 'alphasteer/1' ||
    !(w?.data instanceof Float32Array && r?.data instanceof Float32Array && layers?.data instanceof BigInt64Array) ||
    !Number.isFinite(strength) ||
    [w, r].some(({ shape }) => shape.length !== 2 || shape[0] !== count || shape[1] !== model.hiddenSize)
  ) {
    throw new HumanError({
      file,
      message: 'This is no steering of AlphaSteer for this model.',
      fix: 'Fit again: `alphasteer fit`.',
    });
  }
  // A file without thresholds (the contract asks for w, r and layers only) steers every prompt.
  const above = thresholds === undefined ? new Float32Array(count).fill(-Infinity) : thresholds.data;
  if (!(above instanceof Float32Array) || above.length !== count) {
    throw new HumanError({
      file,
      message: 'The thresholds of this steering are not one f32 number a layer.',
      fix: 'Fit again: `alphasteer fit`.',
    });
  }
  if (metadata['model'] !== model.fingerprint) {
    throw new HumanError({
      file,
      message: 'This steering was fitted on another model, other weights or another tokenizer.',
      fix: 'Use the model it was fitted on, or fit again: `alphasteer fit`.',
    });
  }
  return {
    layers: [...layers.data].map(Number),
    w: w.data,
    r: r.data,
    thresholds: above,
    strength,
  };
}
