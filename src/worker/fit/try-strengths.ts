import type { Config } from '../../core/config.ts';
import type { FirstTokenMeasure } from '../../core/evaluation/data/run-fit.ts';
import {
  chooseStrength,
  isAffordable,
  needsReply,
  strengthPoints,
  strengthSample,
  type OpenPart,
  type StrengthChoice,
  type TriedPrompt,
} from '../../core/fit/choose-strength.ts';
import { measureFirstToken } from '../../core/fit/first-token.ts';
import type { Judgement, Verdict } from '../../core/judge/verdict.ts';
import { isMalicious } from '../../core/prompts/prompt.ts';
import { logSoftmax } from '../../core/stats/divergence.ts';
import type { Job } from '../job.ts';
import type { Tokens } from '../model/encode-prompts.ts';
import type { Model } from '../model/model.ts';
import type { PromptRow } from '../session/chat-session.ts';
import type { Chat } from '../lanes/laned-chat.ts';
import type { ReplyOptions } from '../session/raw-reply.ts';

/** A prompt of the choose split with its tokens. */
export interface Tried extends TriedPrompt {
  readonly row: Tokens;
}

/** What the strength is of. The chat session has its w, r and thresholds set. */
export interface Searched {
  readonly openPart: OpenPart;
  /** What replies to a prompt at a strength; at 0 it is the prompt alone. */
  readonly row: (prompt: Tokens, strength: number) => PromptRow;
  /**
   * Ends at the first strength, ascending, that costs more than the budget, and asks the malicious prompts only below
   * it: a fraction of the time where every prompt is steered.
   */
  readonly affordableOnly: boolean;
  /** What the logits of the first token say of refusal; to be measured against the verdicts on the replies. */
  readonly refusalChance?: (logits: Float32Array) => number;
}

/** What short replies are made and judged with. */
export interface TrialContext {
  readonly model: Pick<Model, 'tokenizer'>;
  readonly chat: Pick<Chat, 'batches' | 'replies'>;
  readonly job: Job;
  readonly judge: (reply: string) => Judgement;
}

/** Steering by the score, as fitted. */
export function byScore({ ids }: Tokens, strength: number): PromptRow {
  return { ids, strength };
}

/**
 * Replies shortly to prompts of the choose split at each strength, and chooses one: see `strengthPoints` and
 * `chooseStrength`.
 * @returns the choice, and how well the first token told the replies' verdicts
 */
export async function tryStrengths(
  strengths: readonly number[],
  tried: readonly Tried[],
  searched: Searched,
  { benignBudget, labelTokens, targetRefusal }: Config['fit'],
  context: TrialContext,
): Promise<StrengthChoice & { readonly firstToken: FirstTokenMeasure }> {
  const { openPart } = searched;
  const sample = strengthSample(tried);
  const replies = new ReplyTable();
  const ask = async (prompts: readonly Tried[], at: readonly number[]): Promise<void> =>
    askAtStrengths(prompts, at, labelTokens, searched, replies, context);
  const measured = strengths.slice();
  if (searched.affordableOnly) {
    const [malicious, benign] = [true, false].map((side) => sample.filter(({ label }) => isMalicious(label) === side));
    await ask(benign!, [0]);
    measured.length = 0;
    for (const strength of strengths) {
      await ask(benign!, [strength]);
      if (!isAffordable(strengthPoints(tried, [strength], replies, openPart)[0]!, benignBudget)) break;
      measured.push(strength);
    }
    if (measured.length === 0) measured.push(...strengths.slice(0, 1));
    await ask(malicious!, measured);
  } else await ask(sample, [0, ...strengths]);
  return {
    ...chooseStrength(strengthPoints(tried, measured, replies, openPart), benignBudget, targetRefusal),
    firstToken: measureFirstToken(replies.chances()),
  };
}

/** What is known of the replies, by strength and by the hash of the prompt's tokens. */
class ReplyTable {
  readonly verdicts = new Map<number, Map<string, Verdict>>();
  readonly firsts = new Map<number, Map<string, Float32Array>>();
  readonly #chances = new Map<number, Map<string, number>>();

  setVerdict(strength: number, { hash }: Tokens, verdict: Verdict): void {
    inRow(this.verdicts, strength).set(hash, verdict);
  }

  setFirst(strength: number, { hash }: Tokens, logits: Float32Array): void {
    inRow(this.firsts, strength).set(hash, logSoftmax(logits));
  }

  setChance(strength: number, { hash }: Tokens, chance: number): void {
    inRow(this.#chances, strength).set(hash, chance);
  }

  /** The chance of refusal that each first token told, and what came of it. */
  chances(): { chance: number; refused: boolean }[] {
    return [...this.#chances].flatMap(([strength, ofPrompts]) =>
      [...ofPrompts].map(([hash, chance]) => ({
        chance,
        refused: this.verdicts.get(strength)?.get(hash) === 'refused',
      })),
    );
  }
}

function inRow<T>(table: Map<number, Map<string, T>>, strength: number): Map<string, T> {
  const row = table.get(strength) ?? new Map<string, T>();
  table.set(strength, row);
  return row;
}

/** Asks the prompts whose replies are not known, at every strength of `at`, and notes what came. */
async function askAtStrengths(
  prompts: readonly Tried[],
  at: readonly number[],
  maxNewTokens: number,
  { row: rowAt, refusalChance }: Pick<Searched, 'row' | 'refusalChance'>,
  replies: ReplyTable,
  { model, chat, job, judge }: TrialContext,
): Promise<void> {
  const work = at.flatMap((strength) =>
    prompts
      .filter((prompt) => needsReply(prompt, strength))
      .map(({ row, label }) => ({
        row,
        label,
        strength,
        asked: strength === 0 ? { ids: row.ids, strength } : rowAt(row, strength),
      })),
  );
  let done = 0;
  const asked = work.map((one) => one.asked);
  job.progress({ phase: 'Strength', done, total: work.length, unit: 'replies' });
  for (const batch of chat.batches(asked, maxNewTokens)) {
    const rows = batch.map((i) => work[i]!);
    const options: ReplyOptions = {
      maxNewTokens,
      endTokens: model.tokenizer.endTokens,
      onFirstLogits: (k, logits) => {
        const { row, label, strength } = rows[k]!;
        if (label === 'benign') replies.setFirst(strength, row, logits);
        if (refusalChance !== undefined) replies.setChance(strength, row, refusalChance(logits));
      },
    };
    for await (const finished of chat.replies(
      rows.map((one) => one.asked),
      options,
      job,
    )) {
      for (const { row: k, reply } of finished) {
        const { row, strength } = rows[k]!;
        replies.setVerdict(strength, row, judge(model.tokenizer.decode(reply.tokens)).verdict);
      }
      done += finished.length;
      job.progress({ phase: 'Strength', done, total: work.length, unit: 'replies' });
    }
  }
}
