import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeProblem } from '../../../../../src/core/problem.ts';
import { cpuTime } from '../cpu-time.ts';
import { isPromptFile, parsePromptFile } from '../../../../../src/core/prompts/read/parse-prompt-file.ts';

function described(path: string, text: string, options = {}): string[] {
  return parsePromptFile(path, text, options).problems.map((problem) => describeProblem(problem));
}

/** The text at a prompt's place must be the prompt's: whatever the format, escapes aside. */
function textAt(text: string, { line, column }: { line: number; column: number }): string {
  return text.split(/\r\n|\n|\r/)[line - 1]!.slice(column - 1);
}

test('JSON Lines: fields, and the place of the text inside the quotes', () => {
  const text =
    '{"id": 7, "prompt": "Hi", "label": "jailbreak", "attack": "fiction", "goal": "g", "category": "c", "template": "t"}\n';
  expect(parsePromptFile('p.jsonl', text).prompts).toEqual([
    {
      id: '7',
      text: 'Hi',
      label: 'jailbreak',
      attack: 'fiction',
      goal: 'g',
      category: 'c',
      template: 't',
      file: 'p.jsonl',
      line: 1,
      column: 22,
    },
  ]);
});

test('a row without an id is called by file and line, and by column where a line has several', () => {
  expect(parsePromptFile('benign.json', '["a", "b",\n"c"]').prompts.map(({ id }) => id)).toEqual([
    'benign.json:1',
    'benign.json:1:8',
    'benign.json:2',
  ]);
});

test('JSON: an array of objects or strings, or an object with one as "prompts", with comments', () => {
  const rows = '[\n  "one", // first\n  {"query": "two"},\n]';
  for (const text of [rows, `{"prompts": ${rows}}`])
    expect(parsePromptFile('dir/benign.json', text)).toMatchObject({
      prompts: [
        { text: 'one', line: 2, column: 4 },
        { text: 'two', line: 3, column: 14 },
      ],
      problems: [],
    });
});

test.each([
  ['p.jsonl', '{"prompt": "a", "label": "benign",\t"label": "harmful"}\n', 1, 36],
  ['p.csv', 'prompt,label,label\na,benign,harmful\n', 1, 14],
])('%s: a field that stands twice is told of, and the last one counts', (path, text, line, column) => {
  const { prompts, problems } = parsePromptFile(path, text);
  expect(prompts).toMatchObject([{ text: 'a', label: 'harmful' }]);
  expect(problems).toMatchObject([{ severity: 'warning', line, column }]);
});

test('JSON: an element in which the syntax breaks is left out and the others stay', () => {
  const { prompts, problems } = parsePromptFile('benign.json', '[\n"a",\n{"prompt" "b"},\n"c"\n]');
  expect(prompts.map(({ text }) => text)).toEqual(['a', 'c']);
  expect(problems.map(({ line, column }) => [line, column])).toContainEqual([3, 11]);
});

test('CSV: quoted fields with separators, quotes and line breaks; the line is the one the text starts on', () => {
  const text = 'label,prompt\r\nbenign,"a, ""b""\r\nc"\r\n\r\nharmful,d\r\n';
  expect(parsePromptFile('p.csv', text).prompts).toMatchObject([
    { text: 'a, "b"\r\nc', label: 'benign', line: 2, column: 9 },
    { text: 'd', label: 'harmful', line: 5, column: 9 },
  ]);
});

test.each([',', ';', '\t'])('CSV: the separator %j is read from the header', (separator) => {
  const text = `prompt${separator}label\n"x,y;z"${separator}harmful\n`;
  expect(parsePromptFile('p.csv', text)).toMatchObject({
    prompts: [{ text: 'x,y;z', label: 'harmful' }],
    problems: [],
  });
});

test('CSV: a malformed row is reported at the character, and the rows after it go on', () => {
  const text = 'prompt,label\n"a"x,benign\none\nb,benign,extra\n"never\nc,benign\n';
  expect(parsePromptFile('p.csv', text).prompts).toMatchObject([{ text: 'c', line: 6 }]);
  expect(described('p.csv', text)).toEqual([
    'p.csv:2:4: There is text after the closing quote of a field. Double a quote inside a field.',
    expect.stringMatching(/^p\.csv:3:1: This row has 1 field, and the header has 2\./),
    expect.stringMatching(/^p\.csv:4:1: This row has 3 fields, and the header has 2\./),
    'p.csv:5:1: This quote is never closed. Close it, or double it to mean a quote.',
  ]);
});

test('plain text: a prompt a line without the blanks around it, and # starts no comment', () => {
  expect(parsePromptFile('harmful-x.txt', '\n  # one \r\n\r\ntwo').prompts).toMatchObject([
    { text: '# one', label: 'harmful', line: 2, column: 3 },
    { text: 'two', line: 4, column: 1 },
  ]);
});

test('the label is that of the entry, else of the row, else of the name of the file', () => {
  const text = '{"prompt": "a", "label": "Harmful "}\n{"prompt": "b", "kind": "jailbreak"}';
  const labelled = (path: string, options = {}) =>
    parsePromptFile(path, text, options).prompts.map(({ label }) => label);
  expect(labelled('benign/borderline-2.jsonl', { label: 'benign' })).toEqual(['benign', 'benign']);
  expect(labelled('benign/borderline-2.jsonl')).toEqual(['harmful', 'borderline']);
  expect(labelled('Benign.jsonl', { labelField: 'kind' })).toEqual(['benign', 'jailbreak']);
});

test('the prompt is the field asked for, else the first of the known ones', () => {
  const text = '{"text": "t", "instruction": "i", "ask": "a"}';
  expect(parsePromptFile('benign.jsonl', text).prompts).toMatchObject([{ text: 'i' }]);
  expect(parsePromptFile('benign.jsonl', text, { promptField: 'ask' }).prompts).toMatchObject([{ text: 'a' }]);
  expect(described('benign.jsonl', text, { promptField: 'q' })).toEqual([
    'benign.jsonl:1:1: This row has no prompt: "q" was looked for, and it has the fields text, instruction, ask. Name the field as "promptField" in alphasteer.json.',
  ]);
});

test('every row that is left out, and everything odd, is said with its place', () => {
  const lines = [
    '{"prompt": "ok", "label": "benign", "id": "a"}',
    '{"prompt": "ok 2", "label": "benign", "id": "a"}',
    '{"prompt": "x", "label": "evil"}',
    '{"prompt": " ", "label": "benign"}',
    '{"prompt": 5, "label": "benign"}',
    '{"prompt": "x"',
    '{"prompt": "x"}',
    '[1]',
    String.raw`{"prompt": "\ud800", "label": "benign"}`,
    String.raw`{"prompt": "a\u0000", "label": "benign", "attack": {}}`,
  ];
  const { prompts } = parsePromptFile('p.jsonl', lines.join('\n'));
  expect(prompts.map(({ id, text }) => [id, text])).toEqual([
    ['a', 'ok'],
    ['p.jsonl:2', 'ok 2'],
    ['p.jsonl:9', '\uFFFD'],
    ['p.jsonl:10', 'a\0'],
  ]);
  expect(described('p.jsonl', lines.join('\n'))).toEqual([
    'p.jsonl:2:13: The id "a" is taken by p.jsonl:1; this row is called "p.jsonl:2" in the run. Give each row an id of its own.',
    'p.jsonl:3:27: "evil" is no label. Use benign, borderline, harmful or jailbreak.',
    'p.jsonl:4:13: The prompt is empty. Write one, or take the row out.',
    'p.jsonl:5:12: The prompt is of type number, not text. Write it as text, or name another field as "promptField".',
    'p.jsonl:6:15: This line is no JSON object: close brace expected. Write one JSON object a line.',
    expect.stringMatching(/^p\.jsonl:7:1: This row has no label\. Add a "label" field/),
    expect.stringMatching(/^p\.jsonl:8:1: A row is an object or a string, and this one is an array\./),
    expect.stringMatching(/^p\.jsonl:9:13: The prompt holds half of a surrogate pair/),
    expect.stringMatching(/^p\.jsonl:10:13: The prompt holds a NUL character/),
    expect.stringMatching(/^p\.jsonl:10:52: "attack" is not text and is ignored/),
  ]);
});

test('an unlabelled file is one problem, not one a row', () => {
  expect(described('p.txt', 'a\nb\nc\nd\ne\nf')).toEqual([
    expect.stringMatching(
      /^p\.txt:1:1: 6 rows of this file \(lines 1, 2, 3, 4, 5, \.\.\.\) have no label\. Add a "label" field/,
    ),
  ]);
});

test('an empty file, UTF-16 and an unknown ending are said', () => {
  expect(described('benign.jsonl', '\uFEFF \n')[0]).toMatch(/^benign\.jsonl:1:1: There are no prompts in this file/);
  expect(described('benign.txt', 'h\0e\0l\0l\0o\0')[0]).toMatch(/UTF-16/);
  expect(described('benign.xlsx', 'x')[0]).toMatch(/none of \.jsonl, \.json, \.csv and \.txt/);
  expect(isPromptFile('a/b.JSONL')).toBe(true);
  expect(isPromptFile('a.csv/b')).toBe(false);
});

test('a byte order mark takes no column, as in an editor', () => {
  expect(parsePromptFile('benign.txt', '\uFEFFHello').prompts).toMatchObject([{ text: 'Hello', line: 1, column: 1 }]);
  expect(parsePromptFile('benign.csv', '\uFEFFprompt\nHello').prompts).toMatchObject([
    { text: 'Hello', line: 2, column: 1 },
  ]);
});

test('text nested a hundred thousand deep is a problem of its line only', () => {
  const text = `${'['.repeat(100_000)}\n{"prompt": "ok"}`;
  expect(parsePromptFile('benign.jsonl', text)).toMatchObject({ prompts: [{ text: 'ok' }], problems: [{ line: 1 }] });
  expect(parsePromptFile('benign.json', text).problems[0]?.message).toMatch(/nested too deeply/);
});

test('a quote that is never closed on each of many lines takes linear time', () => {
  const text = `prompt\n${'"a"" x\n'.repeat(100_000)}`;
  expect(cpuTime(() => parsePromptFile('benign.csv', text))).toBeLessThan(2_000);
});

function charactersOf(text: string): fc.Arbitrary<string> {
  return fc.constantFrom(...text.split(''));
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: charactersOf('"\\,;{}[]:\r\n\t ab#\uFEFF\0\ud800') }),
);

test('arbitrary text never throws, and every row is a prompt or a problem with a place inside the file', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom('jsonl', 'json', 'csv', 'txt'), (text, ending) => {
      const { prompts, problems } = parsePromptFile(`benign.${ending}`, text);
      const lines = text.split(/\r\n|\n|\r/);
      expect(prompts.length + problems.length).toBeGreaterThan(0);
      for (const { line = 0, column = 0 } of [...prompts, ...problems]) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
      }
    }),
    { numRuns: 2_000 },
  );
}, 60_000);

// NUL and U+FFFD are flagged, as tests above say; what is left must come back without a word.
const promptText = fc
  .string({
    unit: fc.oneof(charactersOf('",;\r\n\t\\ #'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })),
  })
  .filter((text) => !/[\0\uFFFD]/u.test(text))
  .map((text) => `${text}x`);

test('rows written as JSON Lines come back with their text, line and column', () => {
  fc.assert(
    fc.property(fc.array(promptText, { minLength: 1 }), fc.constantFrom('\n', '\r\n', '\n\n'), (texts, separator) => {
      const file = texts
        .map((text, i) => JSON.stringify({ id: `r${i}`, prompt: text, label: 'benign' }))
        .join(separator);
      const { prompts, problems } = parsePromptFile('p.jsonl', file);
      expect(problems).toEqual([]);
      expect(prompts.map(({ text }) => text)).toEqual(texts);
      for (const prompt of prompts)
        expect(textAt(file, prompt).startsWith(JSON.stringify(prompt.text).slice(1, -1))).toBe(true);
    }),
  );
});

test('rows written as CSV come back with their text and place, as csv-parse reads them', () => {
  fc.assert(
    fc.property(fc.array(promptText, { minLength: 1 }), fc.constantFrom('\n', '\r\n'), (texts, separator) => {
      const quoted = texts.map((text) => `"${text.replaceAll('"', '""')}",benign`);
      const file = ['prompt,label', ...quoted].join(separator);
      const { prompts, problems } = parsePromptFile('p.csv', file);
      expect(problems).toEqual([]);
      expect(prompts.map(({ text }) => text)).toEqual(texts);
      const oracle = parseCsv(file, { columns: true, record_delimiter: separator });
      expect(prompts.map(({ text, label }) => ({ prompt: text, label }))).toEqual(oracle);
      for (const prompt of prompts) {
        const firstLine = prompt.text.replaceAll('"', '""').split(/\r\n|\n|\r/)[0]!;
        expect(textAt(file, prompt).startsWith(firstLine)).toBe(true);
      }
    }),
  );
});

test('fifty thousand rows take well under a second', () => {
  const row = (i: number) =>
    JSON.stringify({ id: `r${i}`, prompt: `What is ${i} in "words", and why?`, label: 'benign' });
  const text = Array.from({ length: 50_000 }, (_, i) => row(i)).join('\n');
  let rows = 0;
  // 0.2 s; an order of magnitude of room for slower machines.
  expect(cpuTime(() => (rows = parsePromptFile('p.jsonl', text).prompts.length))).toBeLessThan(2_000);
  expect(rows).toBe(50_000);
}, 60_000);
