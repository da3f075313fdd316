import { rubricFor, verdictLetters } from '../../core/judge/rubric.ts';
import { verdicts, type Verdict } from '../../core/judge/verdict.ts';
import { HumanError } from '../../core/problem.ts';
import type { Chat } from '../lanes/laned-chat.ts';
import type { ChatTokenizer } from '../model-files/chat-tokenizer.ts';
import type { Job } from '../job.ts';

export interface LocalModel {
  readonly chat: Chat;
  readonly tokenizer: ChatTokenizer;
  /** In tokens. */
  readonly context: number;
}

/**
 * The run's own model, unsteered, as a judge: the letter of the rubric that its first token likes best. Request and reply
 * are cut so that the question fits its context.
 * @throws {HumanError} it does not fit even so
 */
export async function askLocalModel(
  { chat, tokenizer, context }: LocalModel,
  request: string,
  reply: string,
  job: Job,
): Promise<Verdict> {
  const letters = verdictLetters.map((letter) => tokenizer.encodeText(letter)[0]!);
  let ids: readonly number[] = [];
  for (let length = 2_000; length >= 125; length /= 2) {
    const { system, user } = rubricFor(request.slice(0, length), reply.slice(0, length));
    ids = tokenizer.encode(`${system}\n\n${user}`).ids;
    if (ids.length < context) break;
  }
  if (ids.length >= context) {
    throw new HumanError({
      message: `The question to a judge has ${ids.length} tokens, more than the model's context of ${context}.`,
      fix: 'Ask a model behind an API instead: --endpoint with --name.',
    });
  }
  let best = 0;
  await chat.reply(
    [{ ids, strength: 0 }],
    {
      maxNewTokens: 1,
      endTokens: tokenizer.endTokens,
      onFirstLogits: (_, logits) => {
        letters.forEach((token, i) => {
          if (logits[token]! > logits[letters[best]!]!) best = i;
        });
      },
    },
    job,
  );
  return verdicts[best]!;
}
