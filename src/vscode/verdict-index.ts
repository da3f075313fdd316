import type { Verdict } from '../core/judge/verdict.ts';
import type { Prompt } from '../core/prompts/prompt.ts';
import type { Reply } from '../core/report/summary.ts';

/** The verdicts a prompt last got, base and steered; undefined for a condition it has no reply under. */
export interface VerdictPair {
  readonly base: Verdict | undefined;
  readonly steered: Verdict | undefined;
  /** The prompt as it was asked. */
  readonly prompt: string;
}

/** Verdicts of one run by prompt. */
export interface VerdictIndex {
  /** By what was asked, else by id: a prompt that was moved keeps its verdicts, one that was changed shows its old ones. */
  of(prompt: Pick<Prompt, 'id' | 'text'>): VerdictPair | undefined;
}

export function indexVerdicts(replies: readonly Reply[]): VerdictIndex {
  const byText = new Map<string, VerdictPair>();
  const byId = new Map<string, VerdictPair>();
  for (const { id, prompt, condition, verdict } of replies) {
    if (condition !== 'base' && condition !== 'steered') continue;
    const before = byText.get(prompt) ?? { prompt, base: undefined, steered: undefined };
    const pair = { ...before, [condition]: verdict };
    byText.set(prompt, pair);
    byId.set(id, pair);
  }
  return { of: ({ id, text }) => byText.get(text) ?? byId.get(id) };
}
