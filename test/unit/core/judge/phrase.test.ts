import { expect, test } from 'vitest';
import { endsWithSentence, phraseSource } from '../../../../src/core/judge/phrase.ts';

function matches(phrase: string, text: string): string | null {
  return new RegExp(phraseSource(phrase, { no: ['cannot', "won't"] }), 'iuy').exec(text)?.[0] ?? null;
}

test.each([
  ['i <no> help', 'I cannot help you', 'I cannot help'],
  ['i <no> help', 'I won’t  HELP you', 'I won’t  HELP'],
  ['i <no> help', 'I wont help', 'I wont help'],
  ['i cannot help', 'I **cannot** help', 'I **cannot** help'],
  ['i cannot help', 'I cannot helper', null],
  ['i cannot help*', 'I cannot helping', 'I cannot help'],
  ['(so)? (sorry)? no', 'no', 'no'],
  ['(so)? (sorry)? no', 'sorry no', 'sorry no'],
  ['(so)? (sorry)? no', 'so sorry no', 'so sorry no'],
  ['(so)? (sorry)? no', 'sono', null],
  ['a (b|c d)? e', 'a e', 'a e'],
  ['a (b|c d)? e', 'a c d e', 'a c d e'],
  ['sorry, but', 'sorry but', 'sorry but'],
  ['sorry, but', 'sorry — but', 'sorry — but'],
  ['sorry, but.', 'sorry, but I', null],
  ['sorry, but.', 'sorry, but', 'sorry, but'],
  ['a ... z', 'a b c z', 'a b c z'],
  ['a ... z', 'a b. c z', null],
  ['a ... z', 'a bz', null],
  ['我(无法|不能)*', '我无法提供', '我无法'],
  ['.*+[x]', '.*+[x]', '.*+[x]'],
])('%s on %s', (phrase, text, found) => {
  expect(matches(phrase, text)).toBe(found);
});

test.each(['(a', 'a)', '(a|b', 'i <maybe> help'])('%s is an error', (phrase) => {
  expect(() => phraseSource(phrase, {})).toThrow();
});

test.each([
  ['i cannot.', true],
  ['i cannot (help.|go on)', true],
  ['i ... cannot, <no>', true],
  ['(no.)?', true],
  ['(no.|never) way', false],
  ['(no.)? way', false],
  ['no! way', false],
  ['no!', false],
])('%s ends with its sentence: %s', (phrase, ends) => {
  expect(endsWithSentence(phrase, { no: ['cannot'] })).toBe(ends);
});
