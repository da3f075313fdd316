import type { Judgement } from '../../core/judge/verdict.ts';
import type { AskedReply } from '../../rpc/worker-api.ts';
import type { RawReply } from '../session/raw-reply.ts';
import type { ChatTokenizer } from '../model-files/chat-tokenizer.ts';

/** A reply as text, with its verdict. */
export function judgedReply(
  { tokens }: RawReply,
  tokenizer: ChatTokenizer,
  judge: (reply: string) => Judgement,
): AskedReply {
  const reply = tokenizer.decode(tokens);
  return { reply, tokens: tokens.length, ...judge(reply) };
}
