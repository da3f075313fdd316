import type { JudgeRules } from './rules.ts';
import type { Judgement } from './verdict.ts';

type Limits = JudgeRules['degenerate'];

/**
 * Whether a reply is no answer at all: `empty`, `no-words` (punctuation, control tokens), `loop` (the same words over and
 * over), `few-words` (a handful of words in changing order), `no-language` (symbols, or three scripts and more mixed).
 * A reply that is merely cut off is not. Linear in the reply; null when it is none of these.
 */
export function degenerate(reply: string, limits: Limits): Judgement | null {
  const verdict = 'degenerate';
  if (reply.trim() === '') return { verdict, span: null, rule: 'empty' };
  const text = reply.replace(/<\|[^|<>\n]{1,40}\|>/g, (token) => ' '.repeat(token.length));
  const whole = [0, reply.length] as const;
  if (!/[\p{L}\p{N}]/u.test(text)) return { verdict, span: whole, rule: 'no-words' };

  const words = wordsOf(text);
  const loop = findLoop(words, limits) ?? findLetterLoop(text);
  if (loop !== null) return { verdict, span: loop, rule: 'loop' };
  const distinct = new Set(words.map(({ word }) => word)).size;
  if (words.length >= 20 && distinct < limits.distinctWords * Math.min(words.length, 200))
    return { verdict, span: whole, rule: 'few-words' };
  if (textShare(text) < limits.textShare || scriptsMixed(text) >= 3)
    return { verdict, span: whole, rule: 'no-language' };
  return null;
}

interface Word {
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** Lower-case words with their places; numbers at the start of a line or item are left out, so that numbered copies are copies. */
function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  const han = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;
  const pattern = /\d{1,3}[.)](?=\s)|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{M}\p{N}'’]+/gu;
  for (const { 0: word, index } of text.matchAll(pattern)) {
    if (/^\d{1,3}[.)]$/.test(word)) continue;
    words.push({ word: han.test(word) ? word : word.toLowerCase(), from: index, to: index + word.length });
  }
  return words;
}

/** Longest period looked for, in words. */
const longestPeriod = 48;

/**
 * A run of words that repeats with some period, at least `loopRepeats` times and `loopWords` words (a period of one or
 * two words: twice that many times), which ends the reply or makes up `loopShare` of it.
 */
function findLoop(words: readonly Word[], { loopRepeats, loopWords, loopShare }: Limits): [number, number] | null {
  for (let period = 1; period <= Math.min(longestPeriod, words.length >> 1); period++) {
    const least = Math.max(period * loopRepeats * (period <= 2 ? 2 : 1), loopWords);
    let run = 0;
    for (let i = period; i <= words.length; i++) {
      if (i < words.length && words[i]!.word === words[i - period]!.word) {
        run++;
        continue;
      }
      const length = run + period;
      const enough = length >= least && (i === words.length || length >= loopShare * words.length);
      if (run > 0 && enough) return [words[i - length]!.from, words[i - 1]!.to];
      run = 0;
    }
  }
  return null;
}

/** A piece of up to eight letters that is written on end for 40 characters and half of the text: aaaa, hahaha. */
function findLetterLoop(text: string): [number, number] | null {
  for (let period = 1; period <= 8; period++) {
    let run = 0;
    for (let i = period; i <= text.length; i++) {
      if (i < text.length && text[i] === text[i - period] && /\p{L}/u.test(text[i]!)) {
        run++;
        continue;
      }
      const length = run + period;
      if (length >= 40 && length * 2 >= text.length) return [i - length, i];
      run = 0;
    }
  }
  return null;
}

/** Part of the characters that are letters, digits or spaces; struck code and tables of a long reply weigh little. */
function textShare(text: string): number {
  let n = 0;
  for (const { 0: found } of text.matchAll(/[\p{L}\p{M}\p{N}\s]+/gu)) n += found.length;
  return n / text.length;
}

const scripts = [
  /\p{sc=Latin}/u,
  /\p{sc=Cyrillic}/u,
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u,
  /\p{sc=Thai}/u,
  /\p{sc=Arabic}/u,
  /\p{sc=Hangul}/u,
  /\p{sc=Devanagari}/u,
  /\p{sc=Greek}/u,
  /\p{sc=Hebrew}/u,
];

/** How many scripts have at least a tenth of the words each. */
function scriptsMixed(text: string): number {
  const counts = scripts.map(() => 0);
  let words = 0;
  for (const { 0: word } of text.slice(0, 4_000).matchAll(/[\p{L}\p{M}]+/gu)) {
    const script = scripts.findIndex((pattern) => pattern.test(word[0]!));
    if (script === -1) continue;
    counts[script]!++;
    words++;
  }
  return counts.filter((n) => n >= 2 && n * 10 >= words).length;
}
