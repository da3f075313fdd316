import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alphasteer, problemsOf, manifestOf } from '../alphasteer.ts';
import { promptLines, tinyContext, tinyWorkspace, writeJudge } from '../tiny-workspace.ts';

const fitFiles = ['benign.jsonl', 'harmful.jsonl', 'jailbreak.jsonl', 'extra.jsonl'];

/** A workspace whose fit has one file more. */
function workspaceWith(extra: string): string {
  const root = tinyWorkspace({ fitFiles });
  writeFileSync(join(root, 'extra.jsonl'), extra);
  return root;
}

test('rows without a label are named with their lines, and the others are fitted on', () => {
  const ended = alphasteer(
    'fit',
    workspaceWith(`{"prompt":"baba"}\n{"prompt":"keke"}\n{"prompt":"diri foka","label":"benign"}\n`),
    '--json',
  );
  expect(problemsOf(ended)).toEqual([
    expect.stringMatching(/^error: extra\.jsonl:1:1: 2 rows of this file \(lines 1, 2\) have no label\. Add a "label"/),
  ]);
  expect(ended.status).toBe(1);
  expect(manifestOf(ended)['prompts']).toContainEqual(expect.objectContaining({ file: 'extra.jsonl', rows: 1 }));
});

test('a malformed row is named with its line and column, and the others are fitted on', () => {
  const ended = alphasteer(
    'fit',
    workspaceWith('{"prompt":"baba ke","label":"benign"}\n{"prompt":"keke", "lab\n'),
    '--json',
  );
  expect(problemsOf(ended)).toEqual([
    'error: extra.jsonl:2:19: This line is no JSON object: unexpected end of string. Write one JSON object a line.',
  ]);
  expect(ended.status).toBe(1);
  expect(manifestOf(ended)['prompts']).toContainEqual(expect.objectContaining({ file: 'extra.jsonl', rows: 1 }));
});

test('an empty prompt file is an error, and the others are fitted on', () => {
  const ended = alphasteer('fit', workspaceWith(''), '--json');
  expect(problemsOf(ended)).toEqual([
    'error: extra.jsonl:1:1: There are no prompts in this file. Add some, or leave the file out of "files".',
  ]);
  expect(ended.status).toBe(1);
  expect(manifestOf(ended)['state']).toBe('fitted');
});

test.each([
  ['benign', ['benign.jsonl'], 'Add a file of benign prompts'],
  ['malicious', ['harmful.jsonl', 'jailbreak.jsonl'], 'Add a file of harmful or jailbreak prompts'],
])('without any %s prompts there is no fit', (side, files, fix) => {
  const root = tinyWorkspace();
  for (const file of files) writeFileSync(join(root, file), '');
  const ended = alphasteer('fit', root);
  expect(problemsOf(ended).at(-1)).toBe(`error: There are no ${side} prompts to fit on. ${fix} under prompts.fit.`);
  expect(ended.status).toBe(1);
});

test.each([
  ['refused', ['nothing says this'], 'Add harmful prompts that it does refuse'],
  [
    'answered',
    Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `${letter}*`),
    'Add malicious prompts that it does answer',
  ],
])('when the model %s none of the malicious prompts, it says what to add', (verb, refusals, fix) => {
  const root = tinyWorkspace();
  writeJudge(root, refusals);
  const ended = alphasteer('fit', root);
  expect(problemsOf(ended).at(-1)).toMatch(
    new RegExp(`^error: The model ${verb} none of the \\d+ malicious prompts, so .*\\. ${fix}`),
  );
  expect(ended.status).toBe(1);
});

test('fewer benign prompts than dimensions is a warning with both numbers, in the fit and in the report', () => {
  const root = tinyWorkspace();
  writeFileSync(join(root, 'benign.jsonl'), promptLines('benign', 30));
  const ended = alphasteer('fit', root);
  const warning = /The null space rests on \d\d benign prompts, fewer than the model's 64 dimensions/;
  expect(problemsOf(ended)).toEqual([expect.stringMatching(warning)]);
  expect(ended.status).toBe(1);
  expect(ended.stdout).toContain('Run: ');
  expect(alphasteer('compare', root).stdout.replaceAll(/\n\s*/g, ' ')).toMatch(warning);
});

test("a prompt longer than the model's context is left out, with both numbers, and the others are fitted on", () => {
  const root = tinyWorkspace();
  appendFileSync(join(root, 'benign.jsonl'), `{"prompt":"${'baba '.repeat(100)}","label":"benign"}\n`);
  const ended = alphasteer('fit', root, '--json');
  expect(problemsOf(ended)).toEqual([
    `error: benign.jsonl:121:12: The prompt has 102 tokens; with 4 for the reply that is more than the model's context of ${tinyContext}. It is left out. Shorten it.`,
  ]);
  expect(ended.status).toBe(1);
  expect(manifestOf(ended)['state']).toBe('fitted');
  appendFileSync(join(root, 'heldout.jsonl'), `{"prompt":"${'baba '.repeat(99)}","label":"benign"}\n`);
  const report = alphasteer('compare', root).stdout.replaceAll(/\s+/g, ' ');
  for (const of of ['fit', 'evaluation'])
    expect(report).toContain(`1 prompt of the ${of} is longer than the model’s context and was left out`);
});

test('asked of one prompt, the same is the only message', () => {
  const root = tinyWorkspace();
  expect(alphasteer('fit', root).status).toBe(0);
  const ended = alphasteer('ask', 'baba '.repeat(100), '--workspace', root);
  expect(problemsOf(ended)).toEqual([expect.stringContaining('The prompt has 102 tokens; with 8 for the reply')]);
  expect(ended.status).toBe(1);
});

test("a prompt with the model's control tokens in it is read as text, with a warning", () => {
  const root = workspaceWith('{"prompt":"baba <bot> keke","label":"benign"}\n');
  const ended = alphasteer('fit', root);
  expect(problemsOf(ended)).toEqual([
    "warning: extra.jsonl:1:12: The prompt holds <bot>, which the model's chat format is made of. It is read as plain text, not as a turn. Take it out if that is not meant.",
  ]);
  expect(ended.status).toBe(1);
  expect(ended.stdout).toContain('Run: ');
});

test('without any prompt to compare on there is no report', () => {
  const root = tinyWorkspace({ fit: { holdOutGoals: 0 } });
  expect(alphasteer('fit', root).status).toBe(0);
  writeFileSync(join(root, 'heldout.jsonl'), '');
  const ended = alphasteer('compare', root);
  expect(problemsOf(ended).at(-1)).toMatch(
    /^error: .*alphasteer\.json:\d+:\d+: There are no prompts to compare on\. Name files/,
  );
  expect(ended.status).toBe(1);
});
