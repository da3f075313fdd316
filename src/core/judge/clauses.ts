/** A place in a reply at which a clause starts, hence where a refusal may. */
export interface Clause {
  readonly start: number;
  /** Index of its sentence, from 0. */
  readonly sentence: number;
}

/** Stands for each character of what somebody else says: it is no letter, no space and no mark. */
const masked = '\uFFFC';

/**
 * The reply with everything that is said by somebody else than the model struck out, offsets unchanged: code, text in
 * double quotes, letters (from a line that starts like one), dialogues. A reply that is one quotation from start to
 * end, but for a frame such as `The reply is:`, is the model's own. A quotation that is never closed ends with its paragraph.
 */
export function ownWords(reply: string, { draft, frame }: { draft: RegExp; frame: RegExp }): string {
  let text = strike(reply, /```[^]*?(?:```|$)/g);
  text = strike(text, /`[^`\n]{1,500}`/g);
  text = strikeQuotes(text, frame);
  const letter = draft.exec(text);
  if (letter) text = text.slice(0, letter.index) + masked.repeat(text.length - letter.index);
  return strikeDialogue(text);
}

function strike(text: string, pattern: RegExp): string {
  return text.replace(pattern, (found) => masked.repeat(found.length));
}

const closing: Readonly<Record<string, string>> = { '"': '"', '“': '”', '„': '“”', '«': '»', '「': '」', '『': '』' };

function strikeQuotes(text: string, frame: RegExp): string {
  return isOneQuotation(text, frame) ? text : strikeAt(text, quotationsIn(text));
}

/** Whether a reply is a quotation from start to end, but for a frame. */
export function isOneQuotation(text: string, frame: RegExp): boolean {
  const trimmed = text.trim().replace(frame, '');
  const whole = closing[trimmed[0] ?? ''];
  if (whole === undefined) return false;
  const end = indexOfAny(trimmed, whole, 1, trimmed.length);
  return end === -1 || end === trimmed.length - 1;
}

/** A stretch of a text, `[from, to)`. */
export interface Quotation {
  readonly from: number;
  readonly to: number;
  /** It ends with the text: what follows may belong to it. */
  readonly open: boolean;
}

export function quotationsIn(text: string): Quotation[] {
  const found: Quotation[] = [];
  for (let at = 0; at < text.length; at++) {
    const close = closing[text[at]!];
    // A straight quote after a letter or digit is no opening one: 5", or a stray.
    if (close === undefined || (text[at] === '"' && /[\p{L}\p{N}]/u.test(text[at - 1] ?? ''))) continue;
    const paragraph = text.indexOf('\n\n', at);
    const limit = paragraph === -1 ? text.length : paragraph;
    const closed = indexOfAny(text, close, at + 1, limit);
    const to = closed === -1 ? limit : closed + 1;
    found.push({ from: at, to, open: closed === -1 && paragraph === -1 });
    at = to - 1;
  }
  return found;
}

/** @param places ascending */
export function strikeAt(text: string, places: readonly Pick<Quotation, 'from' | 'to'>[]): string {
  const pieces: string[] = [];
  let end = 0;
  for (const { from, to } of places) {
    pieces.push(text.slice(end, from), masked.repeat(to - from));
    end = to;
  }
  pieces.push(text.slice(end));
  return pieces.join('');
}

function indexOfAny(text: string, characters: string, from: number, to: number): number {
  for (let i = from; i < to; i++) if (characters.includes(text[i]!)) return i;
  return -1;
}

/** A line of a dialogue: `Name: ...`. */
const dialogueLine = /^[ \t*_-]{0,8}(\p{Lu}[\p{L}.' -]{0,24})[*_]{0,2}:[^\n]*/gmu;

/** Lines `Name: ...` of at least two different people. */
function strikeDialogue(text: string): string {
  return speakersIn(text).size < 2 ? text : strikeSpoken(text);
}

export function speakersIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(dialogueLine)].map(([, name]) => name!).filter(isPerson));
}

/** Strikes what people say in lines of a dialogue, be it one person. */
export function strikeSpoken(text: string): string {
  return text.replace(dialogueLine, (found, name: string) => (isPerson(name) ? masked.repeat(found.length) : found));
}

function isPerson(name: string): boolean {
  return !/^(?:assistant|ai|answer|reply|response|note|warning|disclaimer|important|step|rule|day|part|example|system|however|sorry|in short|title)\b/i.test(
    name,
  );
}

/**
 * Where clauses start: at the start of a sentence or line, after a comma, colon, semicolon or dash, and after words such
 * as "but". Linear in the text.
 */
export function clausesOf(text: string): Clause[] {
  const clauses: Clause[] = [];
  let sentence = 0;
  let ended = false;
  let pending = true;
  const token = /[.!?。！？؟।…\n]+|[,;:，、；：،؛()—–\][]|\s-\s|\p{L}[\p{L}\p{M}'’]*|\p{N}+|\uFFFC+/gu;
  for (const { 0: found, index } of text.matchAll(token)) {
    if (/^[.!?。！？؟।…\n]/.test(found)) {
      // A full stop within a word or number (e.g. 3.5, "e.g.") ends nothing.
      ended ||=
        /[^.]/.test(found) || /^(?:\s|$|["'”’)\]*_])/.test(text.slice(index + found.length, index + found.length + 1));
      pending ||= ended;
    } else if (/^[\p{L}\p{N}\uFFFC]/u.test(found)) {
      if (ended && clauses.length > 0) sentence++;
      if (pending && /^\p{L}/u.test(found)) clauses.push({ start: index, sentence });
      // Numbers and struck out text before the first word of a clause leave it open: "1. I can't", "[A] I can't".
      if (/^\p{L}/u.test(found)) {
        pending = conjunctions.has(found.toLowerCase());
        ended = false;
      }
    } else {
      pending = true;
    }
  }
  return clauses;
}

const conjunctions: ReadonlySet<string> = new Set(
  'but however while so therefore thus and that because since though although still then a b pero mais aber doch ma mas но однако also as'.split(
    ' ',
  ),
);
