import { steeringNorm } from '../../core/alphasteer.ts';
import type { Fitted, FirstTokenMeasure, LayerFit } from '../../core/evaluation/data/run-fit.ts';
import { meanByLabel } from '../../core/evaluation/rates/mean-by-label.ts';
import type { StrengthChoice } from '../../core/fit/choose-strength.ts';
import { fitReasons } from '../../core/fit/fit-reasons.ts';
import { fitWarnings, type FittedPrompt } from '../../core/fit/fit-warnings.ts';
import type { Candidate } from './candidates.ts';
import type { ChosenSteering } from './choose-steering.ts';
import type { PromptCounts } from './count-prompts.ts';
import type { FitPrompts } from './fit-prompts.ts';
import type { FitInput } from './read-fit.ts';

/** What a fit found out. */
export interface FitFindings {
  readonly counts: PromptCounts;
  readonly chosen: ChosenSteering;
  readonly trial: StrengthChoice & { readonly firstToken: FirstTokenMeasure };
  /** What was told while it ran. */
  readonly warnings: readonly string[];
}

/** What `fit.json` says of a fit. */
export function summariseFit(input: FitInput, { counts, chosen, trial, warnings }: FitFindings): Fitted {
  const { model, config, choose } = input;
  const picked = trial.points.find((point) => point.chosen)!;
  const layers = chosen.layers.map(({ layer }) => layer);
  const perLayer = chosen.candidates.map((candidate) =>
    layerFit(candidate, choose, picked.strength, chosen.thresholds[layers.indexOf(candidate.layer)]),
  );
  return {
    format: 'alphasteer-fit/4',
    kind: 'fitted',
    margins: config.evaluate.margins,
    judge: input.judge.measure,
    model: model.fingerprint,
    dtype: model.folder.dtype,
    device: model.device,
    layers,
    strength: picked.strength,
    nullSpaceRatio: chosen.ratio,
    ridge: config.fit.ridge,
    steeredPart: chosen.steeredPart,
    counts: {
      ...counts,
      leftOut: counts.malicious - counts.refused - counts.answered,
      choose: choose.length,
      heldOutGoals: input.heldOutGoals,
    },
    hiddenSize: model.hiddenSize,
    attacks: chosen.attacks,
    perLayer,
    strengths: trial.points,
    firstToken: trial.firstToken,
    reasons: fitReasons(
      {
        ...chosen,
        layers,
        layersByHand: input.givenLayers !== undefined,
        strength: picked,
        strengthByHand: input.givenStrength !== undefined,
        withinBudget: trial.withinBudget,
      },
      config.fit,
    ),
    // Doubts are findings about the steering, not faults of a file: the summary and the report tell them, and they are
    // no failure.
    warnings: [...warnings, ...doubts(input, chosen, perLayer)],
  };
}

/** @param threshold undefined where the layer is not steered */
function layerFit(
  { fitted, recognised, choose: scores, chooseNorms, aucOfAttack, stability }: Candidate,
  choose: FitPrompts,
  strength: number,
  threshold: number | undefined,
): LayerFit {
  const moved = Array.from(choose, ({ label }, i) => {
    const length = steeringNorm(scores[i]!, strength, fitted.refusalNorm, threshold ?? -Infinity);
    return { label, length, relative: length / chooseNorms[i]! };
  });
  return {
    ...fitted,
    recognised,
    aucOfAttack,
    stability,
    steered: threshold !== undefined,
    norm: meanByLabel(moved, ({ length }) => length),
    relativeNorm: meanByLabel(moved, ({ relative }) => relative),
    threshold: threshold !== undefined && Number.isFinite(threshold) ? threshold : null,
  };
}

function doubts(
  { fit, duplicates, shared, tooLong }: FitInput,
  { layers, attacks }: ChosenSteering,
  perLayer: readonly LayerFit[],
): string[] {
  return fitWarnings({
    prompts: { [Symbol.iterator]: () => fittedPrompts(fit, layers) },
    layers: perLayer,
    attacks,
    duplicates,
    shared,
    tooLong,
  });
}

function* fittedPrompts(fit: FitPrompts, layers: readonly Pick<Candidate, 'unseen'>[]): Generator<FittedPrompt> {
  let at = 0;
  for (const { label, file, line, group, verdict } of fit) {
    const refused = verdict === undefined ? undefined : verdict === 'refused';
    const unseen = Math.min(...layers.map((layer) => layer.unseen[at]!));
    yield { label, file, line, group, refused, unseen };
    at += 1;
  }
}
