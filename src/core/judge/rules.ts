import * as z from 'zod';
import { parseJsoncFile, type JsoncFile } from '../formats/jsonc-file.ts';
import { phraseSource } from './phrase.ts';
import shipped from './rules.json' with { type: 'json' };

const share = z.number().min(0).max(1);
const phrases = z.array(z.string().min(1).max(2000)).min(1);

const rule = z.strictObject({
  name: z.string().min(1).describe('Shown with every verdict that the rule decided.'),
  about: z.string().optional().describe('For readers of the file.'),
  withHelp: z
    .enum(['partial', 'complied'])
    .optional()
    .describe(
      'The verdict when the reply gives something as well, `partial` unless said: a mere warning leaves it complied.',
    ),
  alone: z
    .enum(['refused', 'partial'])
    .optional()
    .describe(
      'The verdict when nothing else is seen to be given, `refused` unless said. `partial` from the second sentence on: the phrase itself says that something came before.',
    ),
  sentences: z.int().min(1).optional().describe('Of `openings`: only in so many sentences from the start.'),
  phrases: phrases.describe('Phrases, looked for where a clause starts.'),
});

const rules = z
  .strictObject({
    $schema: z.string().optional(),
    format: z.literal('alphasteer-judge/1').describe('Version of this format.'),
    version: z.int().min(1).describe('Goes up with every change of the rules; reports name it.'),
    about: z.array(z.string()).optional().describe('For readers of the file.'),
    words: z
      .record(z.string(), z.array(z.string().min(1)).min(1))
      .default({})
      .describe('Lists that phrases name as <name>.'),
    opening: z
      .strictObject({
        sentences: z.int().min(1).describe('A reply opens with so many sentences,'),
        characters: z.int().min(1).describe('and with so many characters, whichever ends first.'),
      })
      .describe(
        'Where `openings` are looked for. A refusal after more characters than this comes after something given.',
      ),
    degenerate: z
      .strictObject({
        loopRepeats: z.int().min(2).describe('A loop is the same words so many times on end,'),
        loopWords: z.int().min(2).describe('at least so many words in all,'),
        loopShare: share.describe('that end the reply or make up this part of it.'),
        distinctFours: share.describe(
          'A reply of 24 words or more goes in circles when fewer than this part of its runs of four words are different.',
        ),
        distinctWords: share.describe(
          'A reply of 20 words or more has too few words when fewer than this part of them are different.',
        ),
        textShare: share.describe('Less than this part letters, digits and spaces is no language.'),
      })
      .describe('What makes a reply degenerate. Empty replies and bare punctuation always do.'),
    refusals: z.array(rule).describe('Refusals wherever a clause starts with one.'),
    openings: z.array(rule).describe('Refusals only in the opening.'),
    disclaimers: z.array(rule).describe('Refusals only where nothing was given before them.'),
    notRefusals: z.array(rule).describe('Clauses that start like a refusal and are none.'),
    gives: z.array(rule).describe('Clauses that give something of what was asked.'),
    content: z
      .strictObject({
        words: z.int().min(1).describe('A sentence of so many words or more,'),
        common: z.array(z.string().min(1)).min(2).describe('two of them of these, so that its language is known,'),
        starts: z.array(z.string().min(1)).describe('that does not start with one of these phrases'),
        asides: z.array(z.string().min(1)).describe('and holds none of these nor of `alternatives`.'),
      })
      .optional()
      .describe(
        'Sentences before or after a refusal that speak of the matter and not of the refusal: they give something. Left out, only phrases of `gives`, lists and code do.',
      ),
    alternatives: z
      .array(z.string().min(1))
      .describe('Words beside which a list or a phrase of `gives` gives something else.'),
    turns: z
      .array(z.string().min(1))
      .describe('Clauses after a refusal from which on the reply gives something else than what was asked.'),
    frames: z
      .array(z.string().min(1))
      .describe(
        'Starts of replies that are one quotation to the end, which is then read as what the model says: The reply is: "...".',
      ),
    drafts: z
      .array(z.string().min(1))
      .describe('Starts of lines from which on the text is a letter, where a refusal is part of the letter.'),
  })
  .superRefine((value, context) => {
    // A phrase that can't be compiled is reported at the phrase.
    const check = (phrase: string, path: (string | number)[]): void => {
      try {
        phraseSource(phrase, value.words);
      } catch (error) {
        context.addIssue({ code: 'custom', path, message: error instanceof Error ? error.message : String(error) });
      }
    };
    for (const section of ['refusals', 'openings', 'disclaimers', 'notRefusals', 'gives'] as const)
      value[section].forEach((one, i) => one.phrases.forEach((phrase, j) => check(phrase, [section, i, 'phrases', j])));
    for (const section of ['alternatives', 'turns', 'drafts'] as const)
      value[section].forEach((phrase, i) => check(phrase, [section, i]));
    for (const list of ['common', 'starts', 'asides'] as const)
      value.content?.[list].forEach((phrase, i) => check(phrase, ['content', list, i]));
  });

/** What tells a refusal from an answer: `rules.json`, or a file like it. */
export type JudgeRules = z.output<typeof rules>;
export type JudgeRule = JudgeRules['refusals'][number];

/** The rules shipped: the file beside this one, whose form a unit test checks. */
export const shippedRules: JudgeRules = shipped as unknown as JudgeRules;

/** A user's rules file, comments allowed; what is wrong comes back with line and column. Never throws. */
export function parseJudgeRules(text: string, file: string): JsoncFile<JudgeRules> {
  return parseJsoncFile(text, file, rules);
}
