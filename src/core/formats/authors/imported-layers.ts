import { HumanError, type Problem } from '../../problem.ts';
import { nearestRankOne } from './rank-one.ts';
import type { SteeringMatrices } from './read-steering-matrix.ts';
import { unreadable } from './unreadable.ts';

/** A layer of the authors' file in our terms: positive strength is more refusal. */
export interface ImportedLayer {
  readonly layer: number;
  readonly w: Float64Array;
  /** A unit vector: how long theirs was, the product w rᵀ does not tell. */
  readonly r: Float64Array;
  /** Part of the matrix's energy that w rᵀ leaves out. */
  readonly outside: number;
}

export interface ImportChoice {
  /** Layers to take; those that are not zero where absent. */
  readonly layers?: readonly number[];
  /** Take the nearest matrix of rank one, however far it is. */
  readonly nearest?: boolean;
}

/** What f32 rounding of the d x d regression leaves, and more. */
const toldOutside = 1e-6;
const mostOutside = 0.01;

/**
 * The matrices of the authors' file as w rᵀ, with the sign turned: their r points from refusing to answering.
 * @throws {HumanError} a layer that is not there, is zero, is not finite, or is not of rank one
 */
export async function importedLayers(
  matrices: SteeringMatrices,
  file: string,
  { layers, nearest = false }: ImportChoice,
  report: (problem: Problem) => void,
): Promise<ImportedLayer[]> {
  const beyond = layers?.find((layer) => layer >= matrices.layers);
  if (beyond !== undefined) throw badLayer(file, `Layer ${beyond} is not in this file: it has ${matrices.layers}.`);
  const imported: ImportedLayer[] = [];
  for (const layer of layers ?? Array.from({ length: matrices.layers }, (_, i) => i)) {
    const { w, r, outside } = nearestRankOne(await matrices.read(layer), matrices.d);
    if (!Number.isFinite(outside)) throw unreadable(file, `layer ${layer} holds numbers that are not finite`);
    if (w.every((value) => value === 0)) {
      if (layers === undefined) continue;
      throw badLayer(file, `Layer ${layer} is zero in this file: it steers nothing.`);
    }
    tell(layer, outside, nearest, { file, report });
    imported.push({ layer, w, r: r.map((value) => -value), outside });
  }
  if (imported.length === 0) throw badLayer(file, 'Every layer of this file is zero: it steers nothing.');
  return imported;
}

function tell(
  layer: number,
  outside: number,
  nearest: boolean,
  { file, report }: { file: string; report: (problem: Problem) => void },
): void {
  const message = `Layer ${layer} is not of rank one: w rᵀ leaves out ${(100 * outside).toPrecision(2)} % of its energy.`;
  if (outside > mostOutside && !nearest) {
    throw new HumanError({
      file,
      message,
      fix: 'Take the nearest matrix of rank one with --nearest, or leave the layer out (--layers).',
    });
  }
  if (outside > toldOutside) {
    report({
      severity: 'warning',
      file,
      message,
      fix: 'Compare before you rely on it: the steering is not quite the one of the file.',
    });
  }
}

function badLayer(file: string, message: string): HumanError {
  return new HumanError({ file, message, fix: 'Name layers that the file steers (--layers).' });
}
