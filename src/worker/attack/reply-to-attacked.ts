import { HumanError } from '../../core/problem.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import type { Job } from '../job.ts';
import type { Chat } from '../lanes/laned-chat.ts';
import { encodePrompts } from '../model/encode-prompts.ts';
import type { Model } from '../model/model.ts';
import type { RawReply } from '../session/raw-reply.ts';

/** What replies to attacked prompts are made with. */
export interface AttackContext {
  readonly model: Model;
  readonly chat: Chat;
  readonly job: Job;
  /** Length of a whole reply. */
  readonly maxNewTokens: number;
}

/**
 * Replies to prompts at a strength, in their order.
 * @param tokens length of these replies; 1 where only the scores are asked for
 * @throws {HumanError} the model's context does not hold a prompt, its suffix and a whole reply
 */
export async function replyToAttacked(
  phase: string,
  prompts: readonly Prompt[],
  strength: number,
  tokens: number,
  { model, chat, job, maxNewTokens }: AttackContext,
): Promise<RawReply[]> {
  const rows = encodePrompts(model, prompts, maxNewTokens, job.problem).map(({ ids }) => ({ ids, strength }));
  if (rows.length < prompts.length)
    throw new HumanError({
      message: "A prompt and its suffix do not fit into the model's context (see above).",
      fix: 'Shorten the prompt, or ask for shorter replies with --max-new-tokens.',
    });
  const made: RawReply[] = [];
  let done = 0;
  const options = { maxNewTokens: tokens, endTokens: model.tokenizer.endTokens };
  for (const batch of chat.batches(rows, tokens)) {
    job.progress({ phase, done, total: rows.length, unit: tokens === 1 ? 'candidates' : 'replies' });
    await job.checkpoint();
    const asked = batch.map((i) => rows[i]!);
    for (const [at, reply] of (await chat.reply(asked, options, job)).entries()) made[batch[at]!] = reply;
    done += batch.length;
  }
  return made;
}
