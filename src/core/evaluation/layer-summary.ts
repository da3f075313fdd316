import { steeringNorm } from '../alphasteer.ts';
import { isMalicious, type Label } from '../prompts/prompt.ts';
import { auc } from '../stats/auc.ts';
import { mean } from '../stats/mean.ts';
import type { LayerMeasure, RunFit } from './data/run-fit.ts';
import { meanByLabel } from './rates/mean-by-label.ts';
import type { LayerSummary, Reply } from './data/summary.ts';

/** Per layer: how well the score separates on the evaluation prompts, and how hard the steering pushed each label. */
export function summariseLayers(fit: RunFit, steered: readonly Reply[]): LayerSummary[] {
  return fit.perLayer.map((layer) => {
    const index = fit.layers.indexOf(layer.layer);
    const scored = index < 0 ? [] : steered.filter(({ scores }) => Number.isFinite(scores[index]));
    return scored.length === 0 ? ofTheFit(layer) : ofTheReplies(layer, index, scored, fit.strength);
  });
}

function ofTheReplies(layer: LayerMeasure, index: number, replies: readonly Reply[], strength: number): LayerSummary {
  const score = (reply: Reply) => reply.scores[index]!;
  const norm = (reply: Reply) => steeringNorm(score(reply), strength, layer.refusalNorm, layer.threshold ?? -Infinity);
  const malicious = replies.filter(({ label }) => isMalicious(label)).map(score);
  const benign = replies.filter(({ label }) => label === 'benign').map(score);
  return {
    layer: layer.layer,
    steered: layer.steered,
    from: 'evaluation',
    auc: malicious.length === 0 || benign.length === 0 ? null : auc(malicious, benign),
    meanScore: meanPerLabel(replies, score),
    norm: meanPerLabel(replies, norm),
    relativeNorm: meanPerLabel(replies, (reply) => norm(reply) / reply.activationNorms[index]!),
    leakage: benign.length === 0 ? null : mean(benign.map(Math.abs)),
    maliciousBelowZero: malicious.filter((s) => s < 0).length,
  };
}

function ofTheFit({ layer, steered, auc, meanScore, norm, relativeNorm, leakage }: LayerMeasure): LayerSummary {
  return {
    layer,
    steered,
    from: 'choose',
    auc: auc ?? null,
    meanScore,
    norm,
    relativeNorm,
    leakage: leakage ?? null,
    maliciousBelowZero: null,
  };
}

/** Of the replies that have one. */
function meanPerLabel(replies: readonly Reply[], value: (reply: Reply) => number): Partial<Record<Label, number>> {
  return meanByLabel(
    replies.filter((reply) => Number.isFinite(value(reply))),
    value,
  );
}
