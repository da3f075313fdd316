import type { Label } from '../prompts/prompt.ts';

/** What the fit measured at one layer, on prompts of the choose split (not fitted on). */
export interface LayerFit {
  readonly layer: number;
  /** Whether the run steers this layer. */
  readonly steered: boolean;
  /** Area under the ROC curve of s, malicious against benign. */
  readonly auc: number;
  readonly meanScore: Partial<Record<Label, number>>;
  /** Mean steering norm |strength · s| · ‖r‖ per label, at the chosen strength and 0 below the threshold; as if without one where not steered. */
  readonly norm: Partial<Record<Label, number>>;
  /** The same divided by ‖h‖. */
  readonly relativeNorm: Partial<Record<Label, number>>;
  /** Benign leakage: mean |s| of benign prompts not fitted on. */
  readonly leakage: number;
  readonly refusalNorm: number;
  /** Cosine between r and the difference of means of harmful and jailbreak prompts: near 1 says "plain against template", not refusal. */
  readonly templateCosine: number;
  /** Score above which this layer steers a prompt; null: it steers every prompt, as in the paper. Only steered layers have one. */
  readonly threshold: number | null;
  /** Part of the jailbreaks, each scored by a fit without its kind, that this layer alone recognises within the benign budget. */
  readonly recognised: number;
  /** Eigenvalues of H_bᵀH_b / N_b, at most 200 of them, evenly taken, ascending, with their index; the cut is an index. */
  readonly spectrum: readonly (readonly [index: number, eigenvalue: number])[];
  readonly cut: number;
  /** Whether the cut was moved out of a cluster of tied eigenvalues. */
  readonly cutMoved: boolean;
  /** Part of the benign variance that lies inside the "null space". */
  readonly benignVarianceInside: number;
}

/** One strength tried on the choose split. */
export interface StrengthPoint {
  readonly strength: number;
  /**
   * Of the choose split's malicious prompts the part that is refused; of the benign labels the part that comes to be
   * refused, less what comes to be answered.
   */
  readonly refused: Partial<Record<Label, number>>;
  /** Prompts tried; of the benign labels only those that are steered at all. */
  readonly n: Partial<Record<Label, number>>;
  /** Mean KL(base ‖ steered) of the first token's distribution over benign prompts, in nats. */
  readonly benignKl: number;
  readonly degenerate: number;
  readonly chosen: boolean;
}

/** What a fit says of itself: `fit.json` of a run folder. */
export interface FitSummary {
  readonly format: 'alphasteer-fit/2';
  readonly model: string;
  readonly dtype: string;
  readonly device: string;
  readonly layers: readonly number[];
  readonly strength: number;
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
  readonly hiddenSize: number;
  readonly perLayer: readonly LayerFit[];
  readonly strengths: readonly StrengthPoint[];
  /** Why these layers, this ratio and this strength, one sentence each, and what a reader must beware of. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}
