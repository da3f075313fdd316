import { HumanError } from '../../core/problem.ts';
import type { ModelFolder } from '../model-files/model-folder.ts';

/** Which file's numbers are checked. */
export type FileOfGraph = Pick<ModelFolder, 'graph' | 'dtype'>;

/**
 * Checks a prompt's activations [layers * d]. f16 ends at 65504, and some models' residual streams go beyond it.
 * @param pushed whether the prompt is steered
 * @throws {HumanError} with the first layer whose numbers are not finite
 */
export function requireFinite(
  activations: Float32Array,
  layers: readonly number[],
  { folder, hiddenSize }: { readonly folder: FileOfGraph; readonly hiddenSize: number },
  pushed = false,
): void {
  const at = activations.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw notFinite(`The activations of layer ${layers[Math.floor(at / hiddenSize)]!}`, activations[at]!, folder, pushed);
}

/**
 * Checks the largest logit of each row, [rows]: what overflows above the layers that are read makes NaN of all of a row's, and
 * each next token the first of the vocabulary.
 * @param pushed whether the rows are steered
 * @throws {HumanError} one is no finite number
 */
export function requireFiniteLogits(logits: Float32Array, folder: FileOfGraph, pushed = false): void {
  const at = logits.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw notFinite('The logits of a reply', logits[at]!, folder, pushed);
}

function notFinite(what: string, value: number, { graph, dtype }: FileOfGraph, pushed: boolean): HumanError {
  const half = dtype === 'fp16' || dtype === 'q4f16';
  const why = half ? ': they are too large for f16' : pushed ? ': the steering is too strong' : '';
  const inF32 = 'Use weights that compute in f32: --dtype q4 or fp32';
  const again = 'Download or export the model again, or use another dtype (--dtype fp32).';
  return new HumanError({
    file: graph,
    message: `${what} are not finite numbers (${value})${why}.`,
    fix: half ? `${inF32}${pushed ? ', or a smaller --strength' : ''}.` : pushed ? 'Use a smaller --strength.' : again,
  });
}
