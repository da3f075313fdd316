import { partAbove } from '../../../core/alphasteer.ts';
import type { LayerScores } from '../../../core/fit/choose-layers.ts';
import type { ControlFit } from '../../../core/controls/control-fit.ts';
import type { ControlCondition } from '../../../core/controls/controls.ts';
import { randomVector } from '../../../core/controls/random-vector.ts';
import { norm } from '../../../core/linalg/inner-product.ts';
import type { AddProduct } from '../../../core/linalg/product.ts';
import { seededRandom } from '../../../core/prompts/split/seeded-random.ts';
import type { Fitted } from '../../../core/evaluation/data/run-fit.ts';
import { thresholdsAsAsked } from '../../fit/choose-steering.ts';
import { folds } from '../../fit/fit-prompts.ts';
import type { Steering } from '../../fit/steering-file.ts';
import { crossFit, type SolveScore } from './cross-fit.ts';
import type { FittedPrompts } from './fitted-prompts.ts';
import { atRandom, byLogisticRegression, byRegression, onShuffledLabels } from './solve-score.ts';

/** A control before its strength is chosen. */
export type ControlSteering = Omit<Steering, 'strength'> & Pick<ControlFit, 'push' | 'actsOn'>;

const everything = { benign: 1, borderline: 1 };

/**
 * The w, r and thresholds of a control, all in the form of AlphaSteer's own, at the layers of the fit. A threshold is as low
 * as the fit's benign budget allows, by scores of prompts that the control was not fitted on.
 */
export async function controlSteering(
  { control, draw }: ControlCondition,
  steering: Steering,
  fitted: Fitted,
  prompts: FittedPrompts,
  addProduct: AddProduct,
): Promise<ControlSteering> {
  const { layers } = steering;
  const { settings } = prompts;
  const seedOf = (layer: number): number => 1_000_003 * draw + layer;
  const lengthOf = (values: Float32Array, k: number): number => {
    const d = values.length / layers.length;
    return norm(values.subarray(k * d, (k + 1) * d));
  };
  const open = new Float32Array(layers.length).fill(-Infinity);
  const asFitted = byRegression(fitted.nullSpaceRatio, settings, addProduct);

  const rescored = async (
    push: ControlFit['push'],
    solveAt: (k: number) => SolveScore,
    { threshold }: Pick<typeof settings, 'threshold'>,
  ): Promise<ControlSteering> => {
    const ws: Float64Array[] = [];
    const unseen: LayerScores[] = [];
    for (const [k, layer] of layers.entries()) {
      const rows = await prompts.at(layer, folds);
      ws.push(await solveAt(k)(rows));
      if (threshold !== 'none') unseen.push(await crossFit(rows, folds, solveAt(k)));
    }
    const w = Float32Array.from(ws.flatMap((own) => [...own]));
    if (threshold === 'none') return { layers, w, r: steering.r, thresholds: open, push, actsOn: everything };
    const shares = { benign: settings.benignBudget.overRefusal, borderline: settings.benignBudget.borderline };
    const thresholds = thresholdsAsAsked(threshold, unseen, shares);
    const actsOn = (label: 'benign' | 'borderline'): number =>
      partAbove(
        unseen.map(({ benign }) => benign[label] ?? []),
        thresholds,
      );
    return {
      layers,
      w,
      r: steering.r,
      thresholds: Float32Array.from(thresholds),
      push,
      actsOn: { benign: actsOn('benign'), borderline: actsOn('borderline') },
    };
  };

  switch (control) {
    case 'system-prompt':
      return { ...steering, thresholds: open, push: 'none', actsOn: everything };
    case 'refusal-vector':
      return { ...steering, thresholds: open, push: 'constant', actsOn: everything };
    case 'cast':
      return rescored('constant', () => asFitted, { threshold: 'auto' });
    case 'logistic-gate':
      return rescored('constant', () => byLogisticRegression(addProduct), { threshold: 'auto' });
    case 'paper': {
      const paper = { ridge: 10, balanceLabels: false, benignPenalty: 0, templatePenalty: 0 };
      return rescored('score', () => byRegression(0.5, paper, addProduct), { threshold: 'none' });
    }
    case 'no-null-space':
      return rescored('score', () => byRegression(1, { ...settings, benignPenalty: 0 }, addProduct), settings);
    case 'shuffled-labels':
      return rescored('score', (k) => onShuffledLabels(asFitted, seedOf(layers[k]!)), settings);
    case 'random-w':
      return rescored('score', (k) => atRandom(lengthOf(steering.w, k), seedOf(layers[k]!)), settings);
    case 'random-direction': {
      const d = steering.r.length / layers.length;
      const r = layers.flatMap((layer, k) => [
        ...randomVector(d, lengthOf(steering.r, k), seededRandom(seedOf(layer))),
      ]);
      return { ...steering, r: Float32Array.from(r), push: 'score', actsOn: fitted.steeredPart };
    }
  }
}
