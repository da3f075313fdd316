import { join } from 'node:path';
import {
  activationDistance,
  scoreSpread,
  tokenRarity,
  type ActivationSpace,
  type TokenCounts,
} from '../../core/fit/trust.ts';
import { HumanError } from '../../core/problem.ts';
import { readSafetensors, writeSafetensors } from '../../core/formats/safetensors.ts';
import type { TokenIds } from '../../core/token-ids.ts';
import { readIfThere } from '../../workspace/files/read-if-there.ts';
import { runFiles } from '../../workspace/runs/run-folder.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';

/** What tells how far the score of one prompt can be trusted, at the steered layers in their order. */
export interface TrustMeasure {
  /** w of each fit without a fold, f32 [L, folds, d]. */
  readonly without: readonly (readonly Float32Array[])[];
  readonly spaces: readonly ActivationSpace[];
  readonly tokens: TokenCounts;
  /** The choose split's 99th percentiles: of the activation's distance at each layer, then of the tokens' rarity. */
  readonly limits: readonly number[];
}

/** How far the scores of one prompt can be trusted. */
export interface Trust {
  /** Standard error of s at each steered layer. */
  readonly scoreSpread: readonly number[];
  /**
   * The largest of the prompt's distances from the fit's prompts, each in units of its limit: above 1 the prompt is
   * unlike them.
   */
  readonly distance: number;
}

/**
 * @param ids tokens of the prompt
 * @param taps its activation at each steered layer, unsteered, [L * d]
 */
export function trustOf(ids: TokenIds, taps: Float32Array, measure: TrustMeasure): Trust {
  const d = taps.length / measure.spaces.length;
  const at = (k: number): Float32Array => taps.subarray(k * d, (k + 1) * d);
  const distances = measure.spaces.map((space, k) => activationDistance(at(k), space) / measure.limits[k]!);
  return {
    scoreSpread: measure.without.map((without, k) => scoreSpread(at(k), without)),
    distance: Math.max(...distances, tokenRarity(ids, measure.tokens) / measure.limits.at(-1)!),
  };
}

/** `stability.safetensors` of a run folder. */
export async function writeTrustMeasure(
  folder: string,
  { without, spaces, tokens, limits }: TrustMeasure,
): Promise<void> {
  const layers = spaces.length;
  const d = spaces[0]!.mean.length;
  const k = spaces[0]!.variances.length;
  const join64 = (parts: readonly Float64Array[]): Float64Array =>
    Float64Array.from(parts.flatMap((part) => [...part]));
  const bytes = writeSafetensors({
    tensors: {
      mean: { shape: [layers, d], data: join64(spaces.map(({ mean }) => mean)) },
      variances: { shape: [layers, k], data: join64(spaces.map(({ variances }) => variances)) },
      rest: { shape: [layers], data: Float64Array.from(spaces, ({ rest }) => rest) },
      limits: { shape: [layers + 1], data: Float64Array.from(limits) },
      tokens: { shape: [tokens.counts.size, 2], data: BigInt64Array.from([...tokens.counts].flat(), BigInt) },
      axes: { shape: [layers, k, d], data: Float32Array.from(spaces.flatMap(({ axes }) => [...axes])) },
      without: {
        shape: [layers, without[0]!.length, d],
        data: Float32Array.from(without.flatMap((ws) => ws.flatMap((w) => [...w]))),
      },
    },
    metadata: { format: 'alphasteer-stability/1', prompts: String(tokens.prompts) },
  });
  await writeFileWhole(join(folder, runFiles.stability), bytes);
}

/**
 * Undefined where the run has none: it was fitted before there were any.
 * @throws {HumanError} it is not such a file
 */
export async function readTrustMeasure(folder: string): Promise<TrustMeasure | undefined> {
  const file = join(folder, runFiles.stability);
  const bytes = await readIfThere(file);
  if (bytes === undefined) return undefined;
  const { tensors, metadata } = readSafetensors(new Uint8Array(bytes), file);
  const { mean, variances, rest, limits, tokens, axes, without } = tensors;
  const prompts = Number(metadata['prompts']);
  if (
    metadata['format'] !== 'alphasteer-stability/1' ||
    !(mean?.data instanceof Float64Array && variances?.data instanceof Float64Array) ||
    !(rest?.data instanceof Float64Array && limits?.data instanceof Float64Array) ||
    !(tokens?.data instanceof BigInt64Array && axes?.data instanceof Float32Array) ||
    !(without?.data instanceof Float32Array)
  ) {
    throw new HumanError({
      file,
      message: 'This file does not tell which prompts the run can be trusted on.',
      fix: 'Fit again: `alphasteer fit`. Activations and labels come from the cache, so it is quick.',
    });
  }
  const d = mean.shape[1]!;
  const k = variances.shape[1]!;
  const folds = without.shape[1]!;
  const rows = [...rest.data];
  const pairs = tokens.data;
  return {
    spaces: rows.map((ofRest, layer) => ({
      mean: mean.data.slice(layer * d, (layer + 1) * d) as Float64Array,
      axes: Float64Array.from(axes.data.subarray(layer * k * d, (layer + 1) * k * d) as Float32Array),
      variances: variances.data.slice(layer * k, (layer + 1) * k) as Float64Array,
      rest: ofRest,
    })),
    without: rows.map((_, layer) =>
      Array.from({ length: folds }, (_fold, fold) => {
        const from = (layer * folds + fold) * d;
        return without.data.slice(from, from + d) as Float32Array;
      }),
    ),
    tokens: {
      prompts,
      counts: new Map(
        Array.from({ length: pairs.length / 2 }, (_, i) => [Number(pairs[2 * i]!), Number(pairs[2 * i + 1]!)]),
      ),
    },
    limits: [...limits.data],
  };
}
