/** A piece of a reply; the marked one decided the verdict. */
export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

export interface MarkedText {
  readonly pieces: readonly Piece[];
  /** Characters left away at the end. */
  readonly cut: number;
}

/**
 * A text in pieces around its span, at most `limit` characters of it. A span that the cut would hide stays in sight: the
 * limit then stretches to the span's end, or to `limit` characters of a longer span.
 */
export function markedText(text: string, span: readonly [from: number, to: number] | null, limit: number): MarkedText {
  const from = span === null ? 0 : clamp(span[0], 0, text.length);
  const to = span === null ? 0 : clamp(span[1], from, text.length);
  const wanted = from === to || from >= 4 * limit ? limit : Math.max(limit, Math.min(to, from + limit));
  const end = wholeCharacters(text, Math.min(text.length, wanted));
  const pieces = [
    { text: text.slice(0, Math.min(from, end)), marked: false },
    { text: text.slice(Math.min(from, end), Math.min(to, end)), marked: true },
    { text: text.slice(Math.min(to, end), end), marked: false },
  ];
  return { pieces: pieces.filter((piece) => piece.text !== ''), cut: text.length - end };
}

/** The nearest index at or before `end` that doesn't split a surrogate pair. */
function wholeCharacters(text: string, end: number): number {
  const code = text.charCodeAt(end - 1);
  return end < text.length && code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
