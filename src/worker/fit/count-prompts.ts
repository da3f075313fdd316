import { benignProblems, refusalProblems } from '../../core/alphasteer.ts';
import { HumanError, type Problem } from '../../core/problem.ts';
import { isMalicious } from '../../core/prompts/prompt.ts';
import type { FitPrompts } from './fit-prompts.ts';

/** Prompts that are fitted on; malicious ones also by the verdict on their short reply. */
export interface PromptCounts {
  readonly benign: number;
  readonly malicious: number;
  readonly refused: number;
  readonly answered: number;
}

/** @throws {HumanError} one of the two sides is missing */
export function countPrompts(fit: FitPrompts): PromptCounts {
  const counts = { benign: 0, malicious: 0, refused: 0, answered: 0 };
  for (const { label, verdict } of fit) {
    counts[isMalicious(label) ? 'malicious' : 'benign'] += 1;
    if (verdict === 'refused') counts.refused += 1;
    if (verdict === 'complied') counts.answered += 1;
  }
  for (const side of ['benign', 'malicious'] as const) {
    if (counts[side] > 0) continue;
    throw new HumanError({
      message: `There are no ${side} prompts to fit on.`,
      fix: `Add a file of ${side === 'benign' ? 'benign' : 'harmful or jailbreak'} prompts under prompts.fit.`,
    });
  }
  return counts;
}

/** What is wrong with fitting `d` dimensions on so many prompts. */
export function countProblems({ benign, refused, answered }: PromptCounts, d: number): Problem[] {
  return [...benignProblems({ rows: benign, d }), ...refusalProblems({ rows: refused }, { rows: answered })];
}
