import type { LayerScores } from '../../core/fit/choose-layers.ts';
import { cosine } from '../../core/linalg/inner-product.ts';
import { isMalicious, labels, type Label } from '../../core/prompts/prompt.ts';
import type { AttackFit, LayerStability } from '../../core/evaluation/data/run-fit.ts';
import { meanByLabel } from '../../core/evaluation/rates/mean-by-label.ts';
import { scoreSpread } from '../../core/fit/trust.ts';
import { auc } from '../../core/stats/auc.ts';
import { mean } from '../../core/stats/mean.ts';
import type { FitPrompt } from './fit-prompts.ts';
import type { FitRow } from './layer-sums.ts';

/** Prompts that were fitted on. */
type Fitted = Iterable<Pick<FitPrompt, 'label' | 'attack'>>;

/** Scores of the fit's prompts, in their order; NaN where every fold fits on the prompt. */
type UnseenScores = Float64Array;

/** The scores that there are, by label. */
export function scoresByLabel(fit: Fitted, unseen: UnseenScores): LayerScores {
  const scores = new Map<Label, number[]>(labels.map((label) => [label, []]));
  let at = 0;
  for (const { label } of fit) {
    const score = unseen[at++]!;
    if (!Number.isNaN(score)) scores.get(label)!.push(score);
  }
  return {
    benign: { benign: scores.get('benign')!, borderline: scores.get('borderline')! },
    malicious: [...scores.get('harmful')!, ...scores.get('jailbreak')!],
  };
}

/** How often a jailbreak's score is above a benign prompt's, by the jailbreak's kind. */
export function aucOfAttack(fit: Fitted, unseen: UnseenScores): Record<string, number> {
  const benign: number[] = [];
  const attacks = new Map<string, number[]>();
  let at = 0;
  for (const { label, attack } of fit) {
    const score = unseen[at++]!;
    if (Number.isNaN(score)) continue;
    if (!isMalicious(label)) benign.push(score);
    else if (attack !== undefined) {
      const scores = attacks.get(attack);
      if (scores === undefined) attacks.set(attack, [score]);
      else scores.push(score);
    }
  }
  if (benign.length === 0) return {};
  return Object.fromEntries([...attacks].map(([attack, scores]) => [attack, auc(scores, benign)]));
}

/** How many prompts of each kind of jailbreak are above the threshold of a steered layer. */
export function attackFits(
  fit: Fitted,
  layers: readonly { readonly unseen: UnseenScores }[],
  thresholds: readonly number[],
): Record<string, AttackFit> {
  const attacks = new Map<string, { n: number; recognised: number }>();
  let next = 0;
  for (const { attack } of fit) {
    const at = next++;
    if (attack === undefined || Number.isNaN(layers[0]?.unseen[at] ?? NaN)) continue;
    const of = attacks.get(attack) ?? { n: 0, recognised: 0 };
    attacks.set(attack, of);
    of.n++;
    if (layers.some(({ unseen }, l) => unseen[at]! > thresholds[l]!)) of.recognised++;
  }
  return Object.fromEntries(attacks);
}

/** @param without w of each fit without a fold, [d] */
export async function layerStability(
  w: Float64Array,
  without: readonly Float64Array[],
  splitHalf: number | null,
  choose: Iterable<Pick<FitRow, 'label' | 'read'>>,
): Promise<LayerStability> {
  const cosines = without.map((other) => cosine(w, other));
  const spreads: { label: Label; spread: number }[] = [];
  for (const { label, read } of choose) spreads.push({ label, spread: scoreSpread(await read(), without) });
  return {
    w: { mean: mean(cosines), low: Math.min(...cosines) },
    scoreSpread: meanByLabel(spreads, ({ spread }) => spread),
    r: splitHalf,
  };
}
