import { dot } from '../../../core/linalg/inner-product.ts';
import type { Encoded } from '../../model/encode-prompts.ts';
import type { ControlSteering } from './control-steering.ts';
import type { FittedPrompts } from './fitted-prompts.ts';

/**
 * Whether a layer's score may be above its threshold. The graph computes it in f32, so one that is nearly at it counts as
 * above, and the graph decides.
 */
export async function isOpen(
  { layers, w, thresholds }: Pick<ControlSteering, 'layers' | 'w' | 'thresholds'>,
  prompt: Encoded,
  prompts: Pick<FittedPrompts, 'read'>,
): Promise<boolean> {
  const d = w.length / layers.length;
  for (const [k, layer] of layers.entries()) {
    const threshold = thresholds[k]!;
    if (threshold === -Infinity) return true;
    const score = dot(await prompts.read(prompt, layer), w.subarray(k * d, (k + 1) * d));
    if (score > threshold - 1e-3 * Math.max(1, Math.abs(threshold))) return true;
  }
  return false;
}
