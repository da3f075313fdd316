import type { Config } from '../core/config.ts';
import type { Judgement } from '../core/judge/verdict.ts';
import { labels, type Label } from '../core/prompts/prompt.ts';
import type { StrengthPoint } from '../core/report/fit-summary.ts';
import type { ChatSession } from './chat-session.ts';
import type { Encoded } from './encode-prompts.ts';
import type { Job } from './job.ts';
import { meanByLabel } from './mean-by-label.ts';
import type { Model } from './model-host.ts';

/** How many prompts of each label strengths are tried on. */
const triedPerLabel = 24;

/**
 * Short replies to some of the choose split at each strength and at 0, the rows of a prompt in one schedule; the chat
 * session has the steering set. Chosen is the smallest strength that reaches the target refusal of jailbreaks within
 * the benign budget, else the one within the budget that refuses most of them, else the first.
 * @returns the points, and whether any was within the budget
 */
export async function searchStrength(
  strengths: readonly number[],
  rows: readonly Encoded[],
  { benignBudget, labelTokens, targetRefusal }: Config['fit'],
  { model, chat, job, judge }: { model: Model; chat: ChatSession; job: Job; judge: (reply: string) => Judgement },
): Promise<{ points: StrengthPoint[]; withinBudget: boolean }> {
  const sample = labels.flatMap((label) => rows.filter(({ prompt }) => prompt.label === label).slice(0, triedPerLabel));
  const work = [0, ...strengths].flatMap((strength) => sample.map((row) => ({ row, ids: row.ids, strength })));
  const verdicts = new Map</* row of work */ number, string>();
  const firsts = new Map</* row of work */ number, Float32Array>();
  let done = 0;
  for (const batch of chat.batches(work, labelTokens)) {
    job.progress({ phase: 'Strength', done, total: work.length, unit: 'replies' });
    await job.checkpoint();
    const made = await chat.reply(
      batch.map((i) => work[i]!),
      {
        maxNewTokens: labelTokens,
        endTokens: model.tokenizer.endTokens,
        onFirstLogits: (k, logits) => {
          const i = batch[k]!;
          if (work[i]!.row.prompt.label === 'benign') firsts.set(i, logSoftmax(logits));
        },
      },
      job,
    );
    made.forEach(({ tokens }, k) => verdicts.set(batch[k]!, judge(model.tokenizer.decode(tokens)).verdict));
    done += batch.length;
  }

  /** Rows of `work` at the strength that stands `at`-th in it; the first are the unsteered ones. */
  const rowsAt = (at: number): { label: Label; i: number; base: number }[] =>
    sample.map(({ prompt }, k) => ({ label: prompt.label, i: at * sample.length + k, base: k }));
  const refusedAt = (at: number): Partial<Record<Label, number>> =>
    meanByLabel(rowsAt(at), ({ i }) => Number(verdicts.get(i) === 'refused'));
  const n = Object.fromEntries(
    labels.map((label) => [label, sample.filter(({ prompt }) => prompt.label === label).length]),
  );
  const base = refusedAt(0);
  const measured = strengths.map((strength, k) => ({
    strength,
    refused: refusedAt(k + 1),
    n,
    benignKl:
      meanByLabel(
        rowsAt(k + 1).filter(({ label }) => label === 'benign'),
        (row) => divergence(firsts.get(row.base)!, firsts.get(row.i)!),
      ).benign ?? 0,
    degenerate: rowsAt(k + 1).filter(({ i }) => verdicts.get(i) === 'degenerate').length,
  }));
  const rise = ({ refused }: (typeof measured)[number], label: Label): number =>
    (refused[label] ?? 0) - (base[label] ?? 0);
  const within = measured.filter(
    (point) =>
      point.benignKl <= benignBudget.kl &&
      rise(point, 'benign') <= benignBudget.overRefusal &&
      rise(point, 'borderline') <= benignBudget.borderline,
  );
  const refusedJailbreaks = ({ refused }: (typeof measured)[number]): number => refused.jailbreak ?? 0;
  const best =
    within.find((point) => refusedJailbreaks(point) >= targetRefusal) ??
    [...within].sort((a, b) => refusedJailbreaks(b) - refusedJailbreaks(a) || a.strength - b.strength)[0] ??
    measured[0];
  return { points: measured.map((point) => ({ ...point, chosen: point === best })), withinBudget: within.length > 0 };
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
