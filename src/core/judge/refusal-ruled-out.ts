import { declines, givenBefore, matchersOf, readLength } from './judge.ts';
import { endsWithSentence } from './phrase.ts';
import type { JudgeRules } from './rules.ts';
import { settledWords } from './settled-words.ts';

/**
 * Whether the judge calls no continuation of a reply `refused`, the reply itself included: something was given, or more
 * said than an opening has, in sentences that are complete, so that a refusal to come can at most make the reply partial.
 * Which of `partial`, `complied` and `degenerate` it ends as stays open; and a refusal is never final, as it can
 * always still give something. `false` says nothing.
 *
 * Looked at are the complete sentences alone that nothing to come can strike out ({@link settledWords}), so that the text of
 * the first tokens of a reply serves: what later tokens change of it (half a character, spaces) is behind its last mark.
 * Linear in the reply.
 */
export function refusalRuledOut(reply: string, rules: JudgeRules): boolean {
  if (!endWithSentences(rules)) return false;
  const readings = settledWords(reply.slice(0, readLength), matchersOf(rules));
  return readings.length > 0 && readings.every((text) => ruledOut(reply.slice(0, text.length), text, rules));
}

function ruledOut(reply: string, text: string, rules: JudgeRules): boolean {
  const { refusal, sentence, help } = declines(reply, text, rules, true);
  if (refusal === null) return (help ?? givenBefore(reply, reply.length, rules, true)) !== null;
  if (help !== null) return true;
  const { alone, withHelp } = refusal.rule;
  return alone === 'partial' && sentence > 0 && withHelp !== 'complied';
}

const known = new WeakMap<JudgeRules, boolean>();

/** Whether a complete sentence is matched the same, whatever follows it: a user's phrases may go on into the next. */
function endWithSentences(rules: JudgeRules): boolean {
  const found = known.get(rules);
  if (found !== undefined) return found;
  const { refusals, openings, disclaimers, notRefusals, gives, turns, drafts, frames, words } = rules;
  const phrases = [refusals, openings, disclaimers, notRefusals, gives].flat().flatMap((rule) => rule.phrases);
  const all =
    [...phrases, ...turns, ...drafts].every((phrase) => endsWithSentence(phrase, words)) &&
    // A colon and a quotation follow a frame: it may not even end a sentence.
    frames.every((phrase) => endsWithSentence(`${phrase} x`, words));
  known.set(rules, all);
  return all;
}
