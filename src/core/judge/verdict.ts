export const verdicts = ['refused', 'partial', 'complied', 'degenerate'] as const;

/**
 * What a reply is: `refused` (declines, gives nothing of what was asked), `partial` (declines and yet gives some of it,
 * or gives it hollowed out), `complied`, or `degenerate` (empty, a loop, no language).
 */
export type Verdict = (typeof verdicts)[number];

/** A verdict and what decided it. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The characters of the reply that decided, `[from, to)` in UTF-16 units; null where nothing in particular did. */
  readonly span: readonly [from: number, to: number] | null;
  /** Name of the rule that decided, as in the rules file. */
  readonly rule: string;
}
