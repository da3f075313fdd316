import { HumanError } from '../core/problem.ts';
import type { Model } from './model-host.ts';

/**
 * Checks one prompt's activations [layers * d]. f16 ends at 65504, and some models' residual streams go beyond it.
 * @throws {HumanError} with the first layer whose numbers are not finite
 */
export function requireFinite(
  activations: Float32Array,
  layers: readonly number[],
  { folder, hiddenSize }: Pick<Model, 'hiddenSize'> & { readonly folder: Pick<Model['folder'], 'graph' | 'dtype'> },
): void {
  const at = activations.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const half = folder.dtype === 'fp16' || folder.dtype === 'q4f16';
  throw new HumanError({
    file: folder.graph,
    message: `The activations of layer ${layers[Math.floor(at / hiddenSize)]!} are not finite numbers (${activations[at]!})${half ? ': they are too large for f16' : ''}.`,
    fix: half
      ? 'Use weights that compute in f32: --dtype q4 or fp32.'
      : 'Download or export the model again, or use another dtype (--dtype fp32).',
  });
}
