import type { JudgeRules } from './rules.ts';
import type { Judgement } from './verdict.ts';

type Limits = JudgeRules['degenerate'];

/**
 * Whether a reply is no answer at all: `empty`, `no-words` (punctuation, control tokens), `loop` (the same words over and
 * over), `circles` (the same phrases over and over, not quite in turn), `few-words` (a handful of words in changing order), `no-language` (symbols, or three scripts and more mixed).
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
  if (distinctFours(words) < limits.distinctFours) return { verdict, span: whole, rule: 'circles' };
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
 * two words: half as many again), which ends the reply or makes up `loopShare` of it.
 */
function findLoop(words: readonly Word[], { loopRepeats, loopWords, loopShare }: Limits): [number, number] | null {
  for (let period = 1; period <= Math.min(longestPeriod, words.length >> 1); period++) {
    const least = Math.max(period * loopRepeats * (period <= 2 ? 1.5 : 1), loopWords);
    let run = 0;
    for (let i = period; i <= words.length; i++) {
      // The last word may be cut: "I" for "I'm".
      const matches = i === words.length - 1 ? isStart : isEqual;
      if (i < words.length && matches(words[i]!.word, words[i - period]!.word)) {
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

/** Part of the runs of four words that are different; 1 for a reply of fewer than 24 words. Prose has 0.9 and more, a song 0.6. */
function distinctFours(words: readonly Word[]): number {
  if (words.length < 24) return 1;
  const fours = words
    .slice(3)
    .map((_, i) => `${words[i]!.word} ${words[i + 1]!.word} ${words[i + 2]!.word} ${words[i + 3]!.word}`);
  return new Set(fours).size / fours.length;
}

function isEqual(a: string, b: string): boolean {
  return a === b;
}

function isStart(a: string, b: string): boolean {
  return b.startsWith(a);
}

/**
 * A piece of up to eight letters that is written on end for 40 characters and half of the text (aaaa, hahaha), or one of
 * two to twelve signs and spaces that goes on for 48 characters up to the end (# # #, the ruled lines of an empty table).
 */
function findLetterLoop(reply: string): [number, number] | null {
  const text = reply.trimEnd();
  for (let period = 1; period <= 12; period++) {
    let letters = 0;
    let signs = 0;
    for (let i = period; i < text.length; i++) {
      const same = text[i] === text[i - period];
      const letter = same && /\p{L}/u.test(text[i]!);
      letters = letter ? letters + 1 : 0;
      signs = same && !letter ? signs + 1 : 0;
      const length = letters + period;
      if (period <= 8 && length >= 40 && length * 2 >= text.length) return [i + 1 - length, i + 1];
    }
    if (period >= 2 && signs + period >= 48 && /\s/.test(text.slice(-period)))
      return [text.length - signs - period, text.length];
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
