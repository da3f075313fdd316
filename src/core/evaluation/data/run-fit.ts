import type { ControlFits } from '../../controls/control-fit.ts';
import type { Margins } from '../../config.ts';
import type { JudgeErrors } from './judge-errors.ts';
import type { Label } from '../../prompts/prompt.ts';
import type { StrengthPoint } from '../../controls/strength-point.ts';

/** What was measured of one layer, on prompts that nothing was fitted on. */
export interface LayerMeasure {
  readonly layer: number;
  /** Whether the run steers this layer. */
  readonly steered: boolean;
  /** Area under the ROC curve of s, malicious against benign; absent where one of the two has no prompt. */
  readonly auc?: number | undefined;
  readonly meanScore: Partial<Record<Label, number>>;
  /** Mean steering norm |strength · s| · ‖r‖ per label, at the chosen strength and 0 below the threshold; as if without one where not steered. */
  readonly norm: Partial<Record<Label, number>>;
  /** The same divided by ‖h‖. */
  readonly relativeNorm: Partial<Record<Label, number>>;
  /** Benign leakage: mean |s| of benign prompts not fitted on; absent where there are none. */
  readonly leakage?: number | undefined;
  /** 95th percentile of the same |s|; absent with it. */
  readonly leakage95?: number | undefined;
  readonly refusalNorm: number;
  /** Score above which this layer steers a prompt; null: it steers every prompt, as in the paper. Only steered layers have one. */
  readonly threshold: number | null;
}

/** What a fit knows of one layer, on prompts of the choose split. */
export interface LayerFit extends LayerMeasure {
  /** `auc` of one malicious label against benign. */
  readonly aucOf: Partial<Record<'harmful' | 'jailbreak', number>>;
  /** The same of each kind of jailbreak (`attack`), every prompt scored by a fit without it and its like. */
  readonly aucOfAttack: Readonly<Record<string, number>>;
  /** Cosine between r and the difference of means of harmful and jailbreak prompts: near 1 says "plain against template", not refusal. */
  readonly templateCosine: number;
  /** Part of the jailbreaks, each scored by a fit without its kind, that this layer alone recognises within the benign budget. */
  readonly recognised: number;
  /** Eigenvalues of H_bᵀH_b / N_b, at most 200 of them, evenly taken, ascending, with their index; the cut is an index. */
  readonly spectrum: readonly (readonly [index: number, eigenvalue: number])[];
  readonly cut: number;
  /** Whether the cut was moved out of a cluster of tied eigenvalues. */
  readonly cutMoved: boolean;
  /** Part of the benign variance that lies inside the "null space". */
  readonly benignVarianceInside: number;
  readonly stability: LayerStability;
}

/** How much of a layer's steering hangs on which prompts were at hand. */
export interface LayerStability {
  /** Cosine between w and w of each fit without an eighth of the prompts (whole kinds of jailbreaks, near copies together). */
  readonly w: { readonly mean: number; readonly low: number };
  /** Mean standard error of s over the choose split's prompts of a label, by the jackknife over those fits. */
  readonly scoreSpread: Partial<Record<Label, number>>;
  /** Mean cosine between r of one half of the malicious goals and r of the other; null where a half lacks a side. */
  readonly r: number | null;
}

/** How many of one kind of jailbreak a fit without the kind recognises, at the steered layers together. */
export interface AttackFit {
  readonly n: number;
  readonly recognised: number;
}

/** How well the first token's distribution foretells whether a reply refuses. */
export interface FirstTokenMeasure {
  /** Replies tried, at any strength. */
  readonly n: number;
  /** How often a reply that refuses had the higher chance than one that doesn't; null where all or none refused. */
  readonly auc: number | null;
}

/** A steering and what is known of it, wherever it is from. */
interface Steered {
  readonly model: string;
  readonly dtype: string;
  readonly device: string;
  readonly layers: readonly number[];
  readonly strength: number;
  readonly hiddenSize: number;
  readonly perLayer: readonly LayerMeasure[];
  /** What the evaluation has to show, fixed before it. */
  readonly margins: Margins;
  /** The judge's errors on the labelled replies. */
  readonly judge: JudgeErrors;
  /** What was chosen for the controls, once a comparison has made some; `fit.json` has none. */
  readonly controls?: ControlFits;
  readonly warnings: readonly string[];
}

/** A steering that was fitted here, and what the fit says of itself. */
export interface Fitted extends Steered {
  readonly format: 'alphasteer-fit/4';
  /** Files of 0.1.0 do not say it. */
  readonly kind: 'fitted';
  readonly perLayer: readonly LayerFit[];
  readonly nullSpaceRatio: number;
  /** As configured: a number, or a multiple of the mean eigenvalue. */
  readonly ridge: number | { readonly relative: number };
  /** Part of the benign labels' prompts, each scored by a fit without it, that is steered at all: the others keep the untouched model's bits. */
  readonly steeredPart: Partial<Record<Label, number>>;
  readonly counts: {
    readonly benign: number;
    readonly malicious: number;
    readonly refused: number;
    readonly answered: number;
    readonly leftOut: number;
    readonly choose: number;
    readonly heldOutGoals: number;
  };
  readonly attacks: Readonly<Record<string, AttackFit>>;
  readonly strengths: readonly StrengthPoint[];
  /** Absent for fits of before it was measured. */
  readonly firstToken?: FirstTokenMeasure;
  /** Why these layers, this ratio and this strength, one sentence each. */
  readonly reasons: readonly string[];
}

/** A steering that was taken from the authors' matrices: nothing was fitted, and every prompt is steered by its score. */
export interface Imported extends Steered {
  /** 0.1.0 would take it for a fit: it refuses this format in words. */
  readonly format: 'alphasteer-fit/5';
  readonly kind: 'imported';
  /** Name of the authors' file. */
  readonly file: string;
  /** Prompts of the fit files that scores were scaled and measured on. */
  readonly prompts: number;
}

/** Where a run's steering is from: `fit.json` of a run folder. What was not measured is absent. */
export type RunFit = Fitted | Imported;
