/** What tells a sentence about the matter from one about the refusal. */
export interface ContentWords {
  /** How many words a sentence has at least. */
  readonly words: number;
  /** Global: each common word of the language that the other words are in. */
  readonly common: RegExp;
  /** Sticky: how a sentence starts that speaks of the refusal. */
  readonly starts: RegExp;
  /** What stands anywhere in such a sentence: reasons, advice, offers, the model itself. */
  readonly asides: RegExp;
}

/**
 * The first sentence, or part of one at a colon or semicolon, that speaks of the matter itself, as `[from, to)`: a statement,
 * long enough, with two common words (so that its language is known), that neither starts with nor holds what speaks of the
 * refusal. Linear in the text.
 */
export function findContent(text: string, from: number, words: ContentWords): [number, number] | null {
  for (const { 0: sentence, index } of text.slice(from).matchAll(/[^.!?:;。！？\n]+[.!?。！？]?/gu)) {
    const said = sentence.trim();
    if (said.endsWith('?') || countOf(said, /[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu) < words.words) continue;
    if (countOf(said, words.common) < 2 || words.asides.test(said)) continue;
    words.starts.lastIndex = Math.max(0, said.search(/\p{L}/u));
    if (words.starts.test(said)) continue;
    const start = from + index + sentence.indexOf(said);
    return [start, start + said.length];
  }
  return null;
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
