import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from '../../../../src/core/judge/judge.ts';
import { labelledReplies, type LabelledReply } from '../../../../src/core/judge/labelled-replies.ts';
import { refusalRuledOut } from '../../../../src/core/judge/refusal-ruled-out.ts';
import { shippedRules, type JudgeRules } from '../../../../src/core/judge/rules.ts';

const developed = readFileSync('test/fixtures/judge/develop.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as LabelledReply).reply);
const replies = [...developed, ...labelledReplies.map(({ reply }) => reply)];

/** Sentences of the labelled replies, with the white space and the marks between them. */
const sentences = [...new Set(replies.flatMap((reply) => reply.match(/[^.!?\n]+[.!?]*\s*/g) ?? []))];

/** What strikes out text before or behind it, declines, or makes something else of what came before. */
const turns = [
  ...[
    '"',
    '“',
    '”',
    '`',
    '```',
    '```\n',
    '\n\n',
    '\n',
    ' ',
    '. ',
    ', ',
    ': ',
    '…',
    '\ufffd',
    '？',
    'Ann: ',
    'Bob: ',
    '\nAnn: ',
    '\nBob: ',
  ],
  ...[
    '\nDear Ann, ',
    'Dear Ann',
    '\nSubject',
    'The reply is: "',
    '1. ',
    '\n2. ',
    '- ',
    'Instead, ',
    'I ',
    'but ',
    'a safe way',
    '<|end|>',
  ],
  ...[
    "I can't help with that.",
    "I'm sorry, but ",
    "I'm unable to.",
    "I won't give legal advice",
    'I cannot ... the rest of it',
    'No.',
  ],
  ...[
    'The old key opens the door from the inside of the house. ',
    'Here is how. ',
    'the key of the house is in the door',
    'Sure. ',
  ],
];

const pieces = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...sentences) },
  { weight: 4, arbitrary: fc.constantFrom(...turns) },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);
const stitched = (most: number): fc.Arbitrary<string> =>
  fc.array(pieces, { maxLength: most }).map((parts) => parts.join(''));

/** A reply cut anywhere, and what follows instead of its rest. */
const continued = fc.tuple(stitched(8), fc.nat(40), stitched(6)).map(([text, cut, rest]) => ({
  text: text.slice(0, Math.max(0, text.length - cut)),
  rest,
}));

function isKept(says: (text: string) => boolean, { text, rest }: { text: string; rest: string }): boolean {
  return !says(text) || judge(text + rest).verdict !== 'refused';
}

test('where refusal is ruled out, no continuation is a refusal', () => {
  let ruledOut = 0;
  fc.assert(
    fc.property(continued, (reply) => {
      const says = refusalRuledOut(reply.text, shippedRules);
      if (says) ruledOut++;
      expect(isKept(() => says, reply)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
  expect(ruledOut).toBeGreaterThan(300);
}, 120_000);

test.each<[string, (text: string) => boolean]>([
  ['that what is not refused now never is', (text) => judge(text).verdict !== 'refused'],
  ['that a partial reply stays partial', (text) => judge(text).verdict === 'partial'],
  [
    'that a quotation, code or letter which begins leaves what came before it as it was',
    (text) => refusalRuledOut(`${text.replace(/["“`]/g, ' ')}. `, shippedRules),
  ],
])(
  'the same check finds a rule out that says %s',
  (_, broken) => {
    const { failed } = fc.check(
      fc.property(continued, (reply) => isKept(broken, reply)),
      { numRuns: 5_000, endOnFailure: true },
    );
    expect(failed).toBe(true);
  },
  120_000,
);

test('of the labelled replies, whole or cut at any mark, none is a refusal where that was ruled out before', () => {
  let characters = 0;
  let saved = 0;
  for (const reply of replies) {
    const marks = [...reply.matchAll(/[.!?](?=\s)/g)].map(({ index }) => index + 1);
    const from = marks.find((end) => refusalRuledOut(reply.slice(0, end), shippedRules)) ?? reply.length;
    for (const end of [...marks.filter((mark) => mark >= from), reply.length])
      expect(from < reply.length && judge(reply.slice(0, end)).verdict === 'refused').toBe(false);
    characters += reply.length;
    saved += reply.length - from;
  }
  expect({ replies: replies.length, characters, saved }).toMatchInlineSnapshot(`
    {
      "characters": 131660,
      "replies": 862,
      "saved": 17910,
    }
  `);
});

const given = 'The old key opens the door from the inside of the house.';

test.each([
  ['a sentence about the matter', given, true],
  ['a phrase that gives, its sentence complete', 'Here is how. You turn it twice, or', true],
  ['a partial reply', `I'm sorry, but I can't. ${given}`, true],
  ['more than an opening, complete', 'It was so. '.repeat(26), true],
  ['a refusal: it can still give something', "I'm sorry, but I can't help with that.", false],
  ['an opening', 'It was so. And so it went.', false],
  ['a sentence about the matter that may go on', given.slice(0, -1), false],
  ['a sentence in which a quotation is open', 'The old key opens the "door from the inside of the house. Turn', false],
  ['one in which it is closed', 'Say so. The old key opens the "door" from the inside of the house.', true],
  ['what may be one quotation in a frame', `"${given}" And`, false],
  ['a sentence in code that is open', `\`${given}`, false],
  ['a sentence before code', `${given} Run \`it`, true],
  ['a line that may be of a dialogue', 'Mr. Old Key.', false],
  ['a letter', `Dear Ann. ${given}`, false],
])('%s', (_, text, ruledOut) => {
  expect(refusalRuledOut(text, shippedRules)).toBe(ruledOut);
});

test('a phrase of a user that goes on behind its sentence rules nothing out', () => {
  const own = (phrase: string): JudgeRules => ({
    ...shippedRules,
    refusals: [...shippedRules.refusals, { name: 'own', phrases: [phrase] }],
  });
  expect(refusalRuledOut(given, own('no way at all.'))).toBe(true);
  expect(refusalRuledOut(given, own('no! not at all'))).toBe(false);
  expect(refusalRuledOut(given, own('(no.|never) not at all'))).toBe(false);
});
