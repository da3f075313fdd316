import type { ChatTokenizer } from './chat-tokenizer.ts';

/**
 * Ends a row of a chat session where its text is ruled out to become a refusal. Asked where the text ends with a mark alone:
 * between marks nothing is settled but names of a dialogue, and the answer takes a millisecond.
 */
export function enoughWhere(
  ruledOut: (reply: string) => boolean,
  { decode }: Pick<ChatTokenizer, 'decode'>,
): (row: number, tokens: readonly number[]) => boolean {
  return (_, tokens) => {
    const text = decode(tokens);
    return /[^\p{L}\p{M}\p{N}\s]\s*$/u.test(text) && ruledOut(text);
  };
}
