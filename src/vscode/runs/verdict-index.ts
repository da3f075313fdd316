import type { ReportRow } from '../../core/evaluation/replies/report-rows.ts';
import type { Verdict } from '../../core/judge/verdict.ts';
import { questionKey, type Prompt } from '../../core/prompts/prompt.ts';

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

/** Indexes the rows of a run's report: a pair is always of one comparison, and the report shows the same one. */
export function indexVerdicts(rows: readonly ReportRow[]): VerdictIndex {
  const byQuestion = new Map<string, VerdictPair>();
  const byId = new Map<string, VerdictPair>();
  for (const { id, prompt, earlier = [], base, steered } of rows) {
    const question = questionKey({ text: prompt, earlier });
    const pair = { question, base: base?.verdict, steered: steered?.verdict };
    byQuestion.set(question, pair);
    byId.set(id, pair);
  }
  return {
    of: (prompt) => {
      const question = questionKey(prompt);
      const own = byId.get(prompt.id);
      return own?.question === question ? own : (byQuestion.get(question) ?? own);
    },
  };
}
