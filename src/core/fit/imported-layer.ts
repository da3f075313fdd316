import { steeringNorm } from '../alphasteer.ts';
import type { LayerMeasure } from '../evaluation/data/run-fit.ts';
import { meanByLabel } from '../evaluation/rates/mean-by-label.ts';
import { separation } from '../evaluation/rates/separation.ts';
import type { ImportedLayer } from '../formats/authors/imported-layers.ts';
import { dot, norm } from '../linalg/inner-product.ts';
import { isMalicious, type Label } from '../prompts/prompt.ts';
import { mean } from '../stats/mean.ts';

/**
 * w rᵀ with other factors: the score is 1 on average for malicious prompts, and r takes up the rest.
 * @param labels of the prompts
 * @param activations h of each prompt, [d]
 */
export function scaledToMalicious(
  layer: ImportedLayer,
  labels: readonly Label[],
  activations: readonly Float32Array[],
): ImportedLayer {
  const malicious = activations.filter((_, i) => isMalicious(labels[i]!));
  const unit = mean(malicious.map((h) => dot(h, layer.w)));
  if (unit === 0) return layer;
  return { ...layer, w: layer.w.map((value) => value / unit), r: layer.r.map((value) => value * unit) };
}

/**
 * What the scores of a layer that was imported say of the prompts.
 * @param labels of the prompts
 * @param activations h of each prompt, [d]
 */
export function importedMeasure(
  { layer, w, r }: ImportedLayer,
  labels: readonly Label[],
  activations: readonly Float32Array[],
  strength: number,
): LayerMeasure {
  const refusalNorm = norm(r);
  const scored = activations.map((h, i) => {
    const score = dot(h, w);
    const length = steeringNorm(score, strength, refusalNorm, -Infinity);
    return { label: labels[i]!, score, length, relative: length / norm(h) };
  });
  const scoresOf = (wanted: (label: Label) => boolean): number[] =>
    scored.filter(({ label }) => wanted(label)).map(({ score }) => score);
  const { auc, leakage, leakage95 } = separation(
    scoresOf(isMalicious),
    scoresOf((label) => label === 'benign'),
  );
  return {
    layer,
    steered: true,
    auc,
    meanScore: meanByLabel(scored, ({ score }) => score),
    norm: meanByLabel(scored, ({ length }) => length),
    relativeNorm: meanByLabel(scored, ({ relative }) => relative),
    leakage,
    leakage95,
    refusalNorm,
    threshold: null,
  };
}
