import { trustOf } from '../fit/trust-file.ts';
import type { Job, Stopwatch } from '../job.ts';
import type { Chat } from '../lanes/laned-chat.ts';
import { enoughWhere } from './early-stop.ts';
import { judgedReply } from './judged-reply.ts';
import type { ComparisonInput } from './read-comparison.ts';
import type { ReplyLog } from './reply-log.ts';
import { asOfNow, replyTo, untouched, type ComparisonRows, type Row } from './rows.ts';

/** Who replies, and where the replies go. */
export interface Replying {
  readonly input: Pick<
    ComparisonInput,
    'model' | 'judge' | 'steering' | 'trust' | 'strength' | 'maxNewTokens' | 'earlyStop'
  >;
  /** Steers as the run does. */
  readonly chat: Chat;
  readonly log: ReplyLog;
  readonly job: Job;
  readonly watch: Stopwatch;
}

/** Replies to every row that the log does not hold yet, condition by condition; the log then holds them all. */
export async function replyToAll(rows: ComparisonRows, replying: Replying): Promise<void> {
  const { input, log, watch } = replying;
  const { base, again } = rows;
  // The rules of the judge, the prompts' labels and the choice of prompts may have changed since: the replies stay.
  await log.add(rows.all.flatMap((row) => asOfNow(log.find(row), row, input.judge.judge)));
  await reply('Base', batchesOf(base, replying), replying);
  watch.lap('base', `${base.length} replies`);
  await replySteered(rows, replying);
  await reply('Noise floor', again.length > 0 ? [again] : [], replying, true);
  watch.lap('noise floor', `${again.length} base again, alone`);
  await replyAsControls(rows, replying);
  await endWithThis(rows, log);
}

/** Steered replies, and the base ones once more to prompts that no layer steers. */
async function replySteered({ base, steered }: ComparisonRows, replying: Replying): Promise<void> {
  const { input, log, watch } = replying;
  const { strength, steering } = input;
  const isOpen = base.map(
    (row) => strength !== 0 && log.find(row)!.scores.some((score, k) => score > steering.thresholds[k]!),
  );
  await log.add(
    steered.flatMap((row, i) =>
      isOpen[i] === true || log.find(row) !== undefined ? [] : [untouched(row, log.find(base[i]!)!)],
    ),
  );
  const open = steered.filter((_, i) => isOpen[i]);
  await reply('Steered', batchesOf(open, replying), replying);
  watch.lap('steered', `${open.length} replies; ${steered.length - open.length} prompts are not steered`);
}

async function replyAsControls({ base, controls }: ComparisonRows, replying: Replying): Promise<void> {
  const { chat, log, watch } = replying;
  const baseOf = new Map(base.map((row) => [row.prompt.id, row]));
  let made = 0;
  for (const { control, rows } of controls) {
    chat.setSteering(control.steering);
    await log.add(
      rows
        .filter((row) => !row.acts && log.find(row) === undefined)
        .map((row) => untouched(row, log.find(baseOf.get(row.prompt.id)!)!)),
    );
    const acting = rows.filter(({ acts }) => acts);
    await reply(control.chosen.condition, batchesOf(acting, replying), replying);
    made += acting.length;
  }
  if (controls.length > 0) watch.lap('controls', `${made} replies`);
}

/** The comparison of the file's last line is the one that a report tells of: all lines may have been there before. */
async function endWithThis({ recipe, base }: ComparisonRows, log: ReplyLog): Promise<void> {
  if (log.last()?.recipe?.split('-')[0] !== recipe) await log.add([log.find(base[0]!)!]);
}

function batchesOf(part: readonly Row[], { chat, input }: Replying): Row[][] {
  const asked = part.map((row) => row.asked);
  return chat.batches(asked, input.maxNewTokens).map((batch) => batch.map((i) => part[i]!));
}

/** @param alone each row in a batch of its own */
async function reply(
  phase: string,
  batches: readonly (readonly Row[])[],
  { input, chat, log, job }: Replying,
  alone = false,
): Promise<void> {
  const { model, judge, trust, maxNewTokens, earlyStop } = input;
  const { tokenizer } = model;
  const isEnough = earlyStop && { isEnough: enoughWhere(judge.refusalRuledOut, tokenizer) };
  const options = { maxNewTokens, endTokens: tokenizer.endTokens, ...isEnough, alone };
  const total = batches.reduce((sum, batch) => sum + batch.length, 0);
  let done = 0;
  job.progress({ phase, done, total, unit: 'replies' });
  for (const batch of batches) {
    await job.checkpoint();
    if (batch.every((row) => log.find(row) !== undefined)) {
      done += batch.length;
      continue;
    }
    const asked = batch.map((row) => row.asked);
    for await (const finished of chat.replies(asked, options, job)) {
      const replies = finished.flatMap(({ row: at, reply: made }) => {
        const row = batch[at]!;
        if (log.find(row) !== undefined) return [];
        const trusted = trust && row.condition === 'base' ? trustOf(row.asked.ids, made.taps, trust) : undefined;
        return [replyTo(row, made, judgedReply(made, tokenizer, judge.judge), trusted)];
      });
      await log.add(replies);
      done += finished.length;
      job.progress({ phase, done, total, unit: 'replies' });
    }
  }
}
