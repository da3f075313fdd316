import { isOneQuotation, quotationsIn, speakersIn, strikeAt, strikeSpoken } from './clauses.ts';

/** A line that may yet become one of a dialogue: it ends with the text and has no colon. */
const unfinishedSpeaker = /^[ \t*_-]{0,8}(?:\p{Lu}[\p{L}.' -]{0,24}[*_]{0,2})?(?![^])/mu;

/**
 * The model's own words of a reply that goes on (`ownWords`), as far as no continuation changes them: up to the last mark
 * that ends a sentence before the first code, open quotation or start of a letter. Where it depends on the continuation
 * whether lines are of a dialogue, first without them struck out, then with. Nothing where no sentence is settled.
 */
export function settledWords(
  reply: string,
  { draftStart, frame }: { readonly draftStart: RegExp; readonly frame: RegExp },
): string[] {
  let text = before(reply, reply.indexOf('`'));
  const quotations = quotationsIn(text);
  text = strikeAt(
    before(text, quotations.find(({ open }) => open)?.from ?? -1),
    quotations.filter(({ open }) => !open),
  );
  text = before(text, text.search(draftStart));
  text = before(text, text.search(unfinishedSpeaker));

  const speakers = speakersIn(text).size;
  const struck = strikeSpoken(text);
  const end = struck.search(/[.!?。！？][^.!?。！？]*$/) + 1;
  // Before the first end of a sentence it is not known whether the reply is a quotation in a frame.
  if (end === 0 || isOneQuotation(reply.slice(0, end), frame)) return [];
  const settled = struck.slice(0, end);
  if (speakers === 0) return [settled];
  return speakers === 1 ? [text.slice(0, end), settled] : [settled];
}

function before(text: string, at: number): string {
  return at === -1 ? text : text.slice(0, at);
}
