import type { ChatTokenizer } from '../model-files/chat-tokenizer.ts';

/** Longest token, in characters: a word, not a line of dashes. */
const longest = 12;

/** Tokens whose text anyone could type: printable ASCII, no blank alone. Control tokens decode to nothing. */
export function suffixTokens({ decode }: Pick<ChatTokenizer, 'decode'>, vocabulary: number): number[] {
  const isTyped = (text: string): boolean => /^[ -~]*[!-~]$/.test(text) && text.length <= longest;
  return Array.from({ length: vocabulary }, (_, id) => id).filter((id) => isTyped(decode([id])));
}
