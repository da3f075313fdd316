import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeSteeringMatrices } from '../../core/formats/authors/write-steering-matrix.ts';
import { HumanError, type Problem } from '../../core/problem.ts';
import { readSafetensors } from '../../core/formats/safetensors.ts';
import { readManifest, runFiles } from './run-folder.ts';
import { writeFileWhole } from '../files/write-file.ts';

const modelSchema = z.looseObject({ model: z.looseObject({ layers: z.number().int().positive() }) });

/**
 * Writes a run's steering as the authors' `steering_matrix_*.pt`.
 * @returns what to know to use it there
 * @throws {HumanError} the run's steering can't be used, or would not fit
 */
export async function exportAuthors(run: string, out: string, report: (problem: Problem) => void): Promise<string> {
  const file = join(run, runFiles.steering);
  const made = modelSchema.safeParse(await readManifest(run)).data;
  if (made === undefined) {
    throw new HumanError({
      file: join(run, runFiles.manifest),
      message: 'The run does not say how many layers its model has, and the authors’ format has a matrix for each.',
      fix: 'Fit again: `alphasteer fit`.',
    });
  }
  const { tensors, metadata } = readSafetensors(new Uint8Array(await readFile(file)), file);
  const { w, r, layers, thresholds } = tensors;
  if (
    !(w?.data instanceof Float32Array && r?.data instanceof Float32Array && layers?.data instanceof BigInt64Array) ||
    w.data.length !== r.data.length
  ) {
    throw new HumanError({ file, message: 'This is no steering of AlphaSteer.', fix: 'Fit again: `alphasteer fit`.' });
  }
  if (thresholds !== undefined && [...thresholds.data].some((value) => Number.isFinite(Number(value)))) {
    report({
      severity: 'warning',
      file,
      message: 'This run steers only prompts whose score is above a threshold; the authors’ format has none.',
      fix: 'There every prompt is steered by its score: measure benign prompts again before you rely on it.',
    });
  }
  const steered = [...layers.data].map(Number);
  const d = w.data.length / steered.length;
  const pieces = writeSteeringMatrices({ modelLayers: made.model.layers, d, layers: steered, w: w.data, r: r.data });
  await writeFileWhole(out, pieces);
  return `Steer layers ${steered.join(', ')} with strength ${-Number(metadata['strength'])}: in the authors' code negative strengths refuse.`;
}
