import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { Label } from '../../src/core/prompts/prompt.ts';

/** Labels in the order of charts and legends: those to refuse, those to answer. */
export const labelOrder = ['harmful', 'jailbreak', 'benign', 'borderline'] as const satisfies readonly Label[];

export const labelNames: Readonly<Record<Label, string>> = {
  harmful: 'Harmful',
  jailbreak: 'Jailbreak',
  benign: 'Benign',
  borderline: 'Borderline',
};

/** Verdicts from most to least of a refusal. */
export const verdictOrder = ['refused', 'partial', 'complied', 'degenerate'] as const satisfies readonly Verdict[];

export type ShapeName = 'circle' | 'diamond' | 'square' | 'times' | 'triangle';

/** Colours come from the style sheet, so that they follow the theme; shapes say the same to those who can't tell them apart. */
export const labelColours: Readonly<Record<Label, string>> = {
  harmful: 'var(--as-harmful)',
  jailbreak: 'var(--as-jailbreak)',
  benign: 'var(--as-benign)',
  borderline: 'var(--as-borderline)',
};

export const labelSymbols: Readonly<Record<Label, ShapeName>> = {
  harmful: 'square',
  jailbreak: 'diamond',
  benign: 'circle',
  borderline: 'triangle',
};

export const labelColourScale = {
  type: 'ordinal',
  domain: labelOrder,
  range: labelOrder.map((label) => labelColours[label]),
} as const;
export const labelSymbolScale = { domain: labelOrder, range: labelOrder.map((label) => labelSymbols[label]) } as const;
