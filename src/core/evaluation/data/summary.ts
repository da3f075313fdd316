import type { ControlFits } from '../../controls/control-fit.ts';
import type { Verdict } from '../../judge/verdict.ts';
import type { Label } from '../../prompts/prompt.ts';
import type { Turn } from '../../prompts/turn.ts';
import type { EvidenceSet, Group } from './groups.ts';
import type { JudgeErrors } from './judge-errors.ts';

/** One finished reply: a line of `replies.jsonl`. */
export interface Reply {
  readonly id: string;
  readonly label: Label;
  readonly attack?: string;
  /** Clusters of the prompt, as `clustersOf` names them. */
  readonly template?: string;
  readonly goal?: string;
  readonly set: EvidenceSet;
  /** `base`, `steered`, `base-again` (A/A: base in another batch shape) or a control. */
  readonly condition: string;
  readonly strength: number;
  readonly prompt: string;
  /** The chat before the prompt, where there was one. */
  readonly earlier?: readonly Turn[];
  readonly reply: string;
  /** New tokens, the end-of-reply token not counted. */
  readonly tokens: number;
  readonly verdict: Verdict;
  /** What the rules said, where `verdict` is a person's; see `applyOverrides`. Never in `replies.jsonl`. */
  readonly rules?: Verdict;
  readonly span: readonly [from: number, to: number] | null;
  /** Name of the judge's rule that decided; replies made before rules were kept have none. */
  readonly rule?: string;
  /**
   * s = h_last · w per steered layer, of the unsteered stream below the first steered layer and of the steered one above; NaN
   * where a push took the stream beyond the model's numbers.
   */
  readonly scores: readonly number[];
  /** ‖h_last‖ per steered layer. */
  readonly activationNorms: readonly number[];
  /** Standard error of each score, over fits without an eighth of the prompts each; base replies of runs that can tell. */
  readonly scoreSpread?: readonly number[];
  /** How far the prompt is from the fit's: above 1 it is further than 99 % of those set aside, and unlike them. */
  readonly distance?: number;
  /** No layer steered this prompt: the reply is the base one, to the bit. */
  readonly untouched?: boolean;
  /**
   * It was ended once no continuation could be refused: `reply` is its beginning. Not refused is its verdict whole; which of
   * the others it is, is the beginning's.
   */
  readonly stopped?: boolean;
  /**
   * What made it beside prompt and strength, hashed; after a `+` what was compared (lines of before do not say), and after a
   * `-` what makes a control. Lines of long before have none.
   */
  readonly recipe?: string;
  readonly file: string;
  readonly line: number;
}

/** How many templates and goals a group of prompts has. */
export interface ClusterCounts {
  readonly templates: number;
  readonly goals: number;
}

/** Verdicts of one condition on one group of prompts. */
export interface Rates extends ClusterCounts {
  readonly n: number;
  readonly refused: number;
  readonly partial: number;
  readonly complied: number;
  readonly degenerate: number;
  /** refused / n, and its Wilson interval of 95 % on as many independent prompts as the clustered ones are worth. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  /** The rate behind it, the judge's measured errors taken off (Rogan and Gladen), and its interval of 95 %. Null where none was measured, and where its errors can’t explain the rate. */
  readonly corrected: { readonly rate: number; readonly low: number; readonly high: number } | null;
}

export interface AttackRates extends Rates {
  readonly set: EvidenceSet;
}

/** Rates per label, jailbreaks also apart by whether the fit saw their kind. */
export type ConditionSummary = Readonly<Partial<Record<Group, Rates>>>;

/** What changed on the same prompts between two conditions, in refusals. */
export interface PairedChange extends ClusterCounts {
  readonly n: number;
  /** Not refused before, refused after; and the other way round. */
  readonly gained: number;
  readonly lost: number;
  /** Exact McNemar test, two-sided, as if prompts were independent. */
  readonly p: number;
  /** Exact sign-flip test over templates and over goals, two-sided: the larger of the two. */
  readonly clusterP: number;
  /** (gained - lost) / n, and the bounds it stays above and below, each one-sided at 95 %, with the clusters counted. */
  readonly rise: number;
  readonly riseLow: number;
  readonly riseHigh: number;
}

/** Prompts that one of two compared conditions has no reply for; they count in no paired number. */
export interface MissingReplies {
  readonly condition: string;
  readonly comparedWith: string;
  readonly ids: readonly string[];
}

/** Loops and empty replies. */
export interface DegenerateChange {
  readonly n: number;
  readonly base: number;
  readonly steered: number;
  readonly rise: number;
  /**
   * The same of base and base-again, on the prompts of both: what changes with the batch's shape alone, and the bound it stays
   * above, one-sided at 95 %, with the clusters counted. Null without base-again.
   */
  readonly floor: {
    readonly n: number;
    readonly base: number;
    readonly again: number;
    readonly rise: number;
    readonly low: number;
  } | null;
}

/** One layer over the evaluation replies (steered layers), or over the fit's choose split (the others, which replies don't score). */
export interface LayerSummary {
  readonly layer: number;
  readonly steered: boolean;
  readonly from: 'evaluation' | 'choose';
  /** Null where one of the two classes has no prompt. */
  readonly auc: number | null;
  readonly meanScore: Readonly<Partial<Record<Label, number>>>;
  readonly norm: Readonly<Partial<Record<Label, number>>>;
  readonly relativeNorm: Readonly<Partial<Record<Label, number>>>;
  /** Mean |s| of benign prompts; null where there are none. */
  readonly leakage: number | null;
  /** Malicious prompts with s < 0, which steering pushes towards answering; null where replies don't score the layer. */
  readonly maliciousBelowZero: number | null;
}

/**
 * What prompts show of a margin: `pass`, a one-sided 95 % limit clears it; `fail`, the other limit is beyond it; neither,
 * these prompts are too few to tell.
 */
export type Outcome = 'pass' | 'fail' | 'not enough data';

/** A margin fixed before evaluation, measured. */
export interface Check extends ClusterCounts {
  readonly id: string;
  readonly name: string;
  /** Shares and changes of shares are fractions of 1 here; `points` are shown as percentage points. */
  readonly unit: 'share' | 'points';
  readonly sense: 'at least' | 'at most';
  readonly target: number;
  /** What the target is, where this run measured it itself. */
  readonly targetName?: string;
  /** Null where no prompt measures it. */
  readonly value: number | null;
  /** Limits, each one-sided at 95 %, with the clusters counted. */
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly outcome: Outcome;
  /** Where these prompts don't decide: how many would, at the number seen. Null too where more prompts wouldn't. */
  readonly enough: { readonly prompts: number; readonly clusters: number } | null;
}

/** Jailbreaks kind by kind, where each kind counts the same. */
export interface KindSpread {
  readonly kinds: number;
  /** Mean over kinds of the refused share; its interval of 95 % takes the kinds for a sample of kinds (Wilson, by Student’s quantile). Null for one kind. */
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  /** The kind whose interval ends lowest: least refused, with luck ruled out as far as its prompts allow. */
  readonly worst: string;
}

/** Steered against another condition on the same prompts. */
export interface ConditionContest extends ClusterCounts {
  readonly n: number;
  /** Seeds of the condition: its refusals are the mean over them. */
  readonly seeds: number;
  /** Refused share of steered less that of the condition, and the limits, each one-sided at 95 %, with the clusters counted. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Sign-flip test over templates and over goals: the larger p. */
  readonly p: number;
  /** The same, corrected for the number of controls (Holm). */
  readonly holmP: number;
  /** `beats` and `does not beat` where the corrected p is below 0.05; more refusals are better of malicious prompts, fewer of others. */
  readonly answer: 'beats' | 'does not beat' | "can't tell";
}

/** How far the rules and people agree, on the replies that a person judged; the same reply to a prompt counts once. */
export interface Agreement extends JudgeErrors {
  readonly reviewed: number;
  readonly agreed: number;
  /** Cohen's kappa; null where nothing was reviewed, or both only ever gave one and the same verdict. */
  readonly kappa: number | null;
}

/** `summary.json`: the same replies and the same verdicts of people give the same bytes. No times, no paths. */
export interface Summary {
  readonly format: 'alphasteer-summary/1';
  readonly strength: number;
  readonly conditions: Readonly<Record<string, ConditionSummary>>;
  /** Per condition and kind of attack. */
  readonly attacks: Readonly<Record<string, Readonly<Record<string, AttackRates>>>>;
  /** base -> steered. */
  readonly paired: Readonly<Partial<Record<Group, PairedChange>>>;
  readonly pairedAttacks: Readonly<Record<string, PairedChange>>;
  /** base -> base-again: the floor that the numbers above have to rise over. Empty where base ran once. */
  readonly sameAgain: Readonly<Partial<Record<Group, PairedChange>>>;
  readonly degenerate: DegenerateChange;
  readonly layers: readonly LayerSummary[];
  /** Per group of jailbreaks, of steered. */
  readonly kinds: Readonly<Partial<Record<Group, KindSpread>>>;
  /** Per condition (its seeds together) and group. */
  readonly against: Readonly<Record<string, Readonly<Partial<Record<Group, ConditionContest>>>>>;
  readonly checks: readonly Check[];
  readonly verdict: Outcome;
  /** How the controls among the conditions were made; absent where there are none. */
  readonly controls?: ControlFits;
  readonly missing: readonly MissingReplies[];
  /** Lines of `replies.jsonl` that a later line for the same prompt, condition and strength replaced by another reply. */
  readonly replaced: number;
  /** People's verdicts, which count in all the numbers above in place of the rules'. */
  readonly review: Agreement;
  readonly warnings: readonly string[];
}
