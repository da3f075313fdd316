import type { Verdict } from '../../core/judge/verdict.ts';
import { questionKey, type Prompt } from '../../core/prompts/prompt.ts';
import type { Reply } from '../../core/evaluation/data/summary.ts';

/** The verdicts a prompt last got, base and steered; undefined for a condition it has no reply under. */
export interface VerdictPair {
  readonly base: Verdict | undefined;
  readonly steered: Verdict | undefined;
  /** What was asked, as `questionKey` has it. */
  readonly question: string;
}

/** Verdicts of one run by prompt. */
export interface VerdictIndex {
  /** By what was asked, else by id: a prompt that was moved keeps its verdicts, one that was changed shows its old ones. */
  of(prompt: Pick<Prompt, 'id' | 'text' | 'earlier'>): VerdictPair | undefined;
}

export function indexVerdicts(replies: readonly Reply[]): VerdictIndex {
  const byQuestion = new Map<string, VerdictPair>();
  const byId = new Map<string, VerdictPair>();
  for (const { id, prompt, earlier = [], condition, verdict } of replies) {
    if (condition !== 'base' && condition !== 'steered') continue;
    const question = questionKey({ text: prompt, earlier });
    const before = byQuestion.get(question) ?? { question, base: undefined, steered: undefined };
    const pair = { ...before, [condition]: verdict };
    byQuestion.set(question, pair);
    byId.set(id, pair);
  }
  return { of: (prompt) => byQuestion.get(questionKey(prompt)) ?? byId.get(prompt.id) };
}
