import type { Config } from '../../core/config.ts';
import { evenly } from '../../core/evenly-spaced.ts';
import type { Judgement, Verdict } from '../../core/judge/verdict.ts';
import { isMalicious, labels, type Label } from '../../core/prompts/prompt.ts';
import type { StrengthPoint } from '../../core/controls/strength-point.ts';
import type { FirstTokenMeasure } from '../../core/evaluation/data/fit-summary.ts';
import { auc } from '../../core/stats/auc.ts';
import { mean } from '../../core/stats/mean.ts';
import type { ChatSession, PromptRow } from '../session/chat-session.ts';
import type { ReplyOptions } from '../session/raw-reply.ts';
import type { Tokens } from '../model/encode-prompts.ts';
import type { Job } from '../job.ts';
import type { Model } from '../model/model.ts';

/** Most prompts of a label that strengths are tried on, evenly taken. */
const triedPerLabel = 80;
/** A strength is not raised for less than this, as a part of the malicious prompts: within what chance does to so few. */
const worthRaising = 0.02;

/** A prompt of the choose split. */
export interface Tried {
  readonly row: Tokens;
  readonly label: Label;
  /** Whether its score is above a threshold at some steered layer: if not, no strength changes anything. */
  readonly open: boolean;
  /** Of its unsteered short reply; malicious prompts only. */
  readonly base: Verdict | undefined;
}

/** What the strength is of. The chat session has its w, r and thresholds set. */
export interface Searched {
  /** Part of the benign prompts that no fit saw which is steered at all, by label: a better measure than the few of the choose split. */
  readonly openPart: Readonly<Partial<Record<Label, number>>>;
  /** What replies to a prompt at a strength; at 0 it is the prompt alone. */
  readonly row: (prompt: Tokens, strength: number) => PromptRow;
  /**
   * Ends at the first strength, ascending, that costs more than the budget, and asks the malicious prompts only below it:
   * a fraction of the time where every prompt is steered.
   */
  readonly affordableOnly: boolean;
  /** What the logits of the first token say of refusal; to be measured against the verdicts on the replies. */
  readonly refusalChance?: (logits: Float32Array) => number;
}

/** Steering by the score, as fitted. */
export function byScore({ ids }: Tokens, strength: number): PromptRow {
  return { ids, strength };
}

/**
 * Short replies to prompts of the choose split at each strength. Prompts that stay
 * below all thresholds are not run: their steered reply is the base one to the bit. So is the rise on benign prompts
 * told from the open ones: the part that came to be refused of those, times the part of all that is open.
 *
 * Chosen is the smallest strength that reaches the target refusal of jailbreaks within the benign budget; else, within the
 * budget, the smallest that no other refuses noticeably more malicious prompts than; else the first.
 *
 * @returns the points, whether any was within the budget, and how well the first token told the replies' verdicts
 */
export async function searchStrength(
  strengths: readonly number[],
  tried: readonly Tried[],
  { openPart, row: rowAt, affordableOnly, refusalChance }: Searched,
  { benignBudget, labelTokens, targetRefusal }: Config['fit'],
  { model, chat, job, judge }: { model: Model; chat: ChatSession; job: Job; judge: (reply: string) => Judgement },
): Promise<{ points: StrengthPoint[]; withinBudget: boolean; firstToken: FirstTokenMeasure }> {
  const of = (label: Label): Tried[] => tried.filter((prompt) => prompt.label === label);
  const sample = labels.flatMap((label) =>
    evenly(isMalicious(label) ? of(label) : of(label).filter(({ open }) => open), triedPerLabel),
  );
  const verdicts = new Map</* strength and prompt */ string, Verdict>();
  const firsts = new Map</* the same */ string, Float32Array>();
  const chances = new Map</* the same */ string, number>();
  const keyOf = (strength: number, { hash }: Tokens): string => `${strength} ${hash}`;
  const ask = async (prompts: readonly Tried[], at: readonly number[]): Promise<void> => {
    const work = at.flatMap((strength) =>
      prompts
        .filter(({ open, base }) => open && (strength !== 0 || base === undefined))
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
    for (const batch of chat.batches(asked, labelTokens)) {
      const rows = batch.map((i) => work[i]!);
      const options: ReplyOptions = {
        maxNewTokens: labelTokens,
        endTokens: model.tokenizer.endTokens,
        onFirstLogits: (k, logits) => {
          const { row, label, strength } = rows[k]!;
          if (label === 'benign') firsts.set(keyOf(strength, row), logSoftmax(logits));
          if (refusalChance !== undefined) chances.set(keyOf(strength, row), refusalChance(logits));
        },
      };
      for await (const finished of chat.replies(
        rows.map((one) => one.asked),
        options,
        job,
      )) {
        for (const { row: k, reply } of finished) {
          const { row, strength } = rows[k]!;
          verdicts.set(keyOf(strength, row), judge(model.tokenizer.decode(reply.tokens)).verdict);
        }
        done += finished.length;
        job.progress({ phase: 'Strength', done, total: work.length, unit: 'replies' });
      }
    }
  };

  const verdictAt = ({ row, open, base }: Tried, strength: number): Verdict | undefined =>
    open && (strength !== 0 || base === undefined) ? verdicts.get(keyOf(strength, row)) : base;
  const pointAt = (strength: number): Omit<StrengthPoint, 'chosen'> => {
    const refused: Partial<Record<Label, number>> = {};
    const n: Partial<Record<Label, number>> = {};
    for (const label of labels) {
      const own = sample.filter((prompt) => prompt.label === label);
      const part = (at: number): number => partOf(own, (prompt) => verdictAt(prompt, at) === 'refused');
      if (of(label).length === 0 || own.some((prompt) => verdictAt(prompt, strength) === undefined)) continue;
      n[label] = own.length;
      if (isMalicious(label)) refused[label] = part(strength);
      // Where none of the choose split's is open, as if every open one came to be refused.
      else refused[label] = (openPart[label] ?? 0) * (own.length === 0 ? 1 : part(strength) - part(0));
    }
    const drift = sample
      .filter(({ label }) => label === 'benign')
      .map(({ row }) => divergence(firsts.get(keyOf(0, row))!, firsts.get(keyOf(strength, row))!));
    return {
      strength,
      refused,
      n,
      benignKl: drift.length === 0 ? 0 : (openPart.benign ?? 0) * mean(drift),
      degenerate: sample.filter((prompt) => verdictAt(prompt, strength) === 'degenerate').length,
    };
  };
  const isAffordable = ({ benignKl, refused }: Omit<StrengthPoint, 'chosen'>): boolean =>
    benignKl <= benignBudget.kl &&
    (refused.benign ?? 0) <= benignBudget.overRefusal &&
    (refused.borderline ?? 0) <= benignBudget.borderline;

  let affordable = strengths;
  if (affordableOnly) {
    const [malicious, benign] = [true, false].map((side) => sample.filter(({ label }) => isMalicious(label) === side));
    await ask(benign!, [0]);
    affordable = [];
    for (const strength of strengths) {
      await ask(benign!, [strength]);
      if (!isAffordable(pointAt(strength))) break;
      affordable = [...affordable, strength];
    }
    if (affordable.length === 0) affordable = strengths.slice(0, 1);
    await ask(malicious!, affordable);
  } else await ask(sample, [0, ...strengths]);

  const points = affordable.map(pointAt);
  const within = points.filter(isAffordable);
  const ofMalicious = ({ refused, n }: (typeof points)[number]): number => {
    const [h, j] = [n.harmful ?? 0, n.jailbreak ?? 0];
    return ((refused.harmful ?? 0) * h + (refused.jailbreak ?? 0) * j) / (h + j);
  };
  const most = Math.max(...within.map(ofMalicious));
  const best =
    within.find(({ refused }) => (refused.jailbreak ?? 0) >= targetRefusal) ??
    within.find((point) => ofMalicious(point) >= most - worthRaising) ??
    points[0];
  const chancesWhere = (refused: boolean): number[] =>
    [...chances].filter(([key]) => (verdicts.get(key) === 'refused') === refused).map(([, chance]) => chance);
  const [ofRefused, ofOthers] = [chancesWhere(true), chancesWhere(false)];
  return {
    points: points.map((point) => ({ ...point, chosen: point === best })),
    withinBudget: within.length > 0,
    firstToken: {
      n: chances.size,
      auc: ofRefused.length === 0 || ofOthers.length === 0 ? null : auc(ofRefused, ofOthers),
    },
  };
}

function partOf<T>(rows: readonly T[], wanted: (row: T) => boolean): number {
  return rows.length === 0 ? 0 : rows.filter(wanted).length / rows.length;
}

function logSoftmax(logits: Float32Array): Float32Array {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = Math.log(logits.reduce((total, x) => total + Math.exp(x - top), 0));
  return logits.map((x) => x - top - sum);
}

/** KL(p ‖ q) in nats, from log-probabilities. */
function divergence(p: Float32Array, q: Float32Array): number {
  return p.reduce((sum, x, i) => sum + Math.exp(x) * (x - q[i]!), 0);
}
