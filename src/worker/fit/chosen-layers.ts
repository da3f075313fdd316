import type { ChosenSteering } from './choose-steering.ts';
import type { FitPrompts } from './fit-prompts.ts';
import type { Steering } from './steering-file.ts';
import type { Tried } from './try-strengths.ts';

/** What layers are steered by, as the model's graph takes it. */
export type LayerSteering = Pick<Steering, 'w' | 'r' | 'thresholds'>;

/**
 * w and r, f32 [L, d], and thresholds [L] at `layers`. Those that are not chosen are closed: zeros, and a threshold of
 * Infinity.
 */
export function steeringAt(
  layers: readonly number[],
  { layers: chosen, thresholds }: Pick<ChosenSteering, 'layers' | 'thresholds'>,
  d: number,
): LayerSteering {
  const places = layers.map((layer) => chosen.findIndex((one) => one.layer === layer));
  const flat = (vectorOf: (at: number) => Float64Array | undefined): Float32Array => {
    const values = new Float32Array(layers.length * d);
    places.forEach((at, i) => {
      const vector = vectorOf(at);
      if (vector !== undefined) values.set(vector, i * d);
    });
    return values;
  };
  return {
    w: flat((at) => chosen[at]?.w),
    r: flat((at) => chosen[at]?.r),
    thresholds: Float32Array.from(places, (at) => thresholds[at] ?? Infinity),
  };
}

/**
 * The choose split's prompts as strengths are tried on them. A prompt is open where a chosen layer's score is above its
 * threshold.
 */
export function triedPrompts(choose: FitPrompts, chosen: Pick<ChosenSteering, 'layers' | 'thresholds'>): Tried[] {
  return Array.from(choose, (row, i) => ({
    row,
    label: row.label,
    base: row.verdict,
    open: chosen.layers.some((layer, k) => layer.choose[i]! > chosen.thresholds[k]!),
  }));
}
