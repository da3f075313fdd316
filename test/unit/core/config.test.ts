import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { configSchema, parseConfig } from '../../../src/core/config.ts';
import { describeProblem } from '../../../src/core/problem.ts';

const minimal = '{ "model": "model", "prompts": { "fit": [{ "files": "a.jsonl" }] } }';

function problemsOf(text: string): string[] {
  return parseConfig(text).problems.map((problem) => describeProblem(problem));
}

test('defaults fill in everything but the model and the files to fit', () => {
  expect(parseConfig(minimal).config).toEqual({
    model: 'model',
    dtype: 'auto',
    device: 'auto',
    prompts: { fit: [{ files: 'a.jsonl' }], evaluate: [] },
    fit: {
      layers: 'auto',
      nullSpaceRatio: 'auto',
      ridge: { relative: 1 },
      balanceLabels: true,
      benignPenalty: 1,
      templatePenalty: 30,
      threshold: 'auto',
      strength: 'auto',
      labelTokens: 16,
      chooseFraction: 0.2,
      holdOutGoals: 0.2,
      seed: 0,
      benignBudget: { kl: 0.25, overRefusal: 0.02, borderline: 0.05 },
      targetRefusal: 0.9,
    },
    evaluate: {
      margins: {
        seenRefused: 0.9,
        unseenRefused: 0.75,
        harmfulRise: 0,
        benignRise: 0.02,
        borderlineRise: 0.05,
        degenerateRise: 0,
      },
      maxNewTokens: 64,
      earlyStop: false,
      controls: [],
    },
    judge: {},
  });
});

test('the quickstart workspace has a config without problems, comments and trailing commas included', () => {
  const text = readFileSync('examples/quickstart/alphasteer.json', 'utf8');
  const { config, problems } = parseConfig(text);
  expect(problems).toEqual([]);
  expect(config?.prompts.fit.map(({ files }) => files)).toContain('prompts/jailbreak.jsonl');
});

test('a wrong value is reported at the value, with what the setting is', () => {
  const text =
    '{\n  "model": "m",\n  "prompts": { "fit": [{ "files": "a" }] },\n  "fit": { "layers": [-1], "labelTokens": 0 }\n}';
  expect(problemsOf(text)).toEqual([
    expect.stringMatching(/^alphasteer\.json:4:23: "fit\.layers\.0": expected number to be >=0\. Correct it\. Layers/),
    expect.stringMatching(/^alphasteer\.json:4:43: "fit\.labelTokens": .*>=1\. Correct it\. Tokens/),
  ]);
});

test('a key that stands twice is reported at the second: which one was meant, nobody can tell', () => {
  const text = '{ "model": "m", "prompts": { "fit": [{ "files": "a" }] },\n "fit": { "strength": 1, "strength": 2 } }';
  expect(problemsOf(text)).toEqual([
    'alphasteer.json:2:26: "strength" stands twice here. Take one of the two out: only one can count.',
  ]);
});

test('a layer that is named twice is refused: it would be steered twice', () => {
  const text = '{ "model": "m", "prompts": { "fit": [{ "files": "a" }] },\n "fit": { "layers": [8, 8] } }';
  expect(problemsOf(text)).toEqual([expect.stringMatching(/^alphasteer\.json:2:\d+: "fit\.layers": .*layer once/)]);
});

test('an unknown key is reported at the key, with the one that was meant', () => {
  const text = '{ "modle": "m",\n "model": "m", "prompts": { "fit": [{ "files": "a", "lable": "benign" }] } }';
  expect(problemsOf(text)).toEqual([
    'alphasteer.json:2:53: There is no setting "prompts.fit.0.lable". Did you mean "label"?',
    'alphasteer.json:1:3: There is no setting "modle". Did you mean "model"?',
  ]);
});

test('a value near an allowed one is corrected by name', () => {
  expect(problemsOf(minimal.replace('"a.jsonl"', '"a.jsonl", "label": "jailbrake"'))[0]).toMatch(
    /Did you mean "jailbreak"\?$/,
  );
});

test('what is missing is reported at the object that lacks it', () => {
  expect(problemsOf('\n {"model": "m"}')[0]).toMatch(/^alphasteer\.json:2:2: "prompts" is missing\. Add it\./);
});

test('broken syntax is reported where it breaks, and a byte order mark takes no column', () => {
  expect(problemsOf('\uFEFF{ "model" "m" }')[0]).toMatch(/^alphasteer\.json:1:11: This is no JSON: colon expected\./);
  expect(problemsOf('')[0]).toMatch(/^alphasteer\.json:1:1: /);
  expect(problemsOf('['.repeat(100_000))[0]).toMatch(/nested too deeply/);
});

test.each(['/etc/x', '../x', 'a/../../x', 'C:\\x', 'c:/x', '~/x', 'file:///x', 'a\\b', '{..,a}/x', 'a/..'])(
  'the path %s does not leave the workspace folder',
  (path) => {
    expect(problemsOf(minimal.replace('a.jsonl', path.replaceAll('\\', '\\\\')))[0]).toMatch(
      /must stay inside the workspace/,
    );
    expect(problemsOf(minimal.replace('"model": "model"', `"model": ${JSON.stringify(path)}`))).toHaveLength(1);
  },
);

test.each(['prompts/*.jsonl', './a.txt', 'a..b/c', '**/{benign,harmful}*.csv', 'onnx-community/Qwen2.5-0.5B-Instruct'])(
  'the path %s is fine',
  (path) => {
    expect(problemsOf(minimal.replace('a.jsonl', path))).toEqual([]);
  },
);

test('a place is that of the value, or of the nearest value around it', () => {
  const { place } = parseConfig(minimal);
  expect(place(['prompts', 'fit', 0, 'files'])).toEqual({ line: 1, column: 53 });
  expect(place(['prompts', 'fit', 0, 'label'])).toEqual({ line: 1, column: 42 });
  expect(place(['fit', 'layers', 3])).toEqual({ line: 1, column: 1 });
});

test('arbitrary text never throws, and has a value exactly when it has no problem', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      const { config, problems } = parseConfig(text);
      expect(config === null).toBe(problems.length > 0);
    }),
  );
});

// The schema that editors use is made from the same source: `vitest -u` writes it anew.
test('media/alphasteer.schema.json is up to date', async () => {
  const schema = z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' });
  const text = `${JSON.stringify({ ...schema, allowComments: true, allowTrailingCommas: true }, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../../media/alphasteer.schema.json');
});
