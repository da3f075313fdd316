import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../../src/core/prompts/split/seeded-random.ts';
import type { FitResult } from '../../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf, type Ended } from '../alphasteer.ts';
import { promptLines, readLines, tinyWorkspace, writeJudge } from '../tiny-workspace.ts';

/** Each test plants a fault into a workspace and expects to be told of it. */

/** The bundled model and prompts: the tiny model's directions are random as they are. */
function quickstart(): string {
  const from = resolve('examples/quickstart');
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-planted-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  cpSync(join(from, 'prompts'), join(root, 'prompts'), { recursive: true });
  cpSync(join(from, 'alphasteer.json'), join(root, 'alphasteer.json'));
  symlinkSync(join(from, 'model'), join(root, 'model'));
  return root;
}

function warningsOf({ stdout }: Ended): string {
  return (JSON.parse(stdout) as FitResult).fit.warnings.join('\n');
}

test('fewer benign prompts than dimensions', () => {
  const root = tinyWorkspace();
  writeFileSync(join(root, 'benign.jsonl'), promptLines('benign', 60));
  expect(warningsOf(alphasteer('fit', root, '--json'))).toMatch(
    /The null space rests on \d+ benign prompts, fewer than the model's 64 dimensions/,
  );
});

test('benign and malicious prompts that are the same kind of text', () => {
  // Words at random on both sides: nothing to tell apart.
  expect(warningsOf(alphasteer('fit', tinyWorkspace(), '--json'))).toMatch(
    /No layer tells malicious prompts from benign ones/,
  );
});

test('labels under which the model answers what it should refuse', () => {
  const root = tinyWorkspace();
  // Of the words that a reply to words at random may start with, few are a refusal now.
  writeJudge(root, ['noba*', 'noke*']);
  expect(warningsOf(alphasteer('fit', root, '--json'))).toMatch(
    /The unsteered model refuses only \d+ of \d+ prompts labelled harmful .* check that the labels are not swapped/,
  );
});

test('labels swapped between the files of benign and harmful prompts', { timeout: 900_000 }, () => {
  const root = quickstart();
  const swap = (file: string, from: string, to: string): void => {
    const path = join(root, 'prompts', file);
    const rows = readLines(path).map((row) => ({ ...row, label: row['label'] === from ? to : row['label'] }));
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  };
  swap('benign.jsonl', 'benign', 'harmful');
  swap('harmful.jsonl', 'harmful', 'benign');
  const limits = ['--limit', '48', '--layers', '16', '--strength', '1'];
  expect(warningsOf(alphasteer('fit', root, ...limits, '--json'))).toMatch(
    /The unsteered model refuses only \d+ of \d+ prompts labelled harmful .* check that the labels are not swapped/,
  );
});

test('a refusal direction at random: verdicts that have nothing to do with the prompts', { timeout: 900_000 }, () => {
  const root = quickstart();
  const fit = (): string =>
    warningsOf(alphasteer('fit', root, '--limit', '48', '--layers', '16', '--strength', '1', '--json'));
  expect(fit()).not.toMatch(/The refusal direction changes/);
  const cache = join(root, '.alphasteer/cache');
  const file = join(
    cache,
    readdirSync(cache).find((name) => name.includes('-labels-'))!,
  );
  const random = seededRandom(3);
  const atRandom = readLines(file).map(({ hash, first }) => ({
    hash,
    first,
    reply: random() < 0.5 ? "I'm sorry, but I can't help with that." : 'Sure. First, find a quiet place.',
  }));
  writeFileSync(file, atRandom.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(fit()).toMatch(/The refusal direction changes with the prompts it is taken from/);
});

test('one text many times over, and few of a side', () => {
  const root = tinyWorkspace();
  const rows = promptLines('harmful', 6)
    .repeat(2)
    .replaceAll(/"id":"[^"]*",/g, '');
  writeFileSync(join(root, 'harmful.jsonl'), rows);
  writeFileSync(join(root, 'jailbreak.jsonl'), promptLines('jailbreak', 4));
  const said = warningsOf(alphasteer('fit', root, '--json'));
  expect(said).toMatch(/The \d+ malicious prompts are only \d different goals/);
});

test('prompts of the fit that are evaluated as well: copied, and with other case and punctuation', () => {
  const root = tinyWorkspace();
  const [first, second] = readFileSync(join(root, 'benign.jsonl'), 'utf8').split('\n');
  const shouted = second!.replace(/"prompt":"([^"]*)"/, (_, text: string) => `"prompt":"${text.toUpperCase()}!"`);
  const heldout = readFileSync(join(root, 'heldout.jsonl'), 'utf8');
  const renamed = [first!, shouted].map((line) => line.replace('"id":"', '"id":"twin-'));
  writeFileSync(join(root, 'heldout.jsonl'), `${renamed.join('\n')}\n${heldout}`);
  const ended = alphasteer('fit', root, '--json');
  const problems = problemsOf(ended);
  expect(problems).toContainEqual(
    expect.stringMatching(/benign\.jsonl:1:.* stands in the evaluation too \(heldout\.jsonl:1:/),
  );
  expect(problems).toContainEqual(
    expect.stringMatching(/benign\.jsonl:2:.* stands, but for case, spaces or punctuation, in the evaluation too/),
  );
  expect(warningsOf(ended)).toMatch(
    /2\u00a0prompts of the fit’s files stand in the evaluation too and were not fitted on: /,
  );
});
