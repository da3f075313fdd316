import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { alphasteer, problemsOf } from './alphasteer.ts';

// An imported steering is asked for what only a fit has.

const fixtures = join(import.meta.dirname, '../fixtures');
let root: string;
const run = (name: string): string => join(root, '.alphasteer', 'runs', name);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'alphasteer-imported-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  cpSync(join(fixtures, 'runs/workspace'), root, { recursive: true });
  for (const file of ['model.onnx', 'model.onnx.data'])
    cpSync(join(fixtures, 'tiny-models/llama-fp32', file), join(root, 'model', file));
  for (const name of ['imported', 'judged']) cpSync(join(fixtures, 'runs', name), run(name), { recursive: true });
});

const refusal = 'imported from steering_matrix_tiny.pt: it has no fit to make controls from. Compare without controls';

test('controls on an imported run are refused in a sentence, asked for on the command line or in alphasteer.json', () => {
  const asked = alphasteer('compare', root, '--run', 'imported', '--limit', '4', '--controls', 'refusal-vector');
  expect(problemsOf(asked)).toEqual([expect.stringContaining(refusal)]);
  expect(asked.stderr).not.toContain('not foreseen');
  expect(asked.status).toBe(1);

  const file = join(root, 'alphasteer.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as { evaluate?: object };
  writeFileSync(file, JSON.stringify({ ...config, evaluate: { ...config.evaluate, controls: ['random-w'] } }));
  const configured = alphasteer('compare', root, '--run', 'imported', '--limit', '4');
  expect(problemsOf(configured)).toEqual([expect.stringContaining(refusal)]);
  expect(problemsOf(configured)[0]).toContain('alphasteer.json:1:');
  expect(alphasteer('compare', root, '--run', 'imported', '--controls', 'none', '--limit', '4').stderr).not.toContain(
    refusal,
  );
});

test('an imported run is diffed with a fitted one, and what only a fit knows is told as not known', () => {
  const ended = alphasteer('diff', run('imported'), run('judged'), '--workspace', root, '--json');
  expect(problemsOf(ended)).toEqual([]);
  const { settings } = JSON.parse(ended.stdout) as { settings: { name: string; before: string; after: string }[] };
  expect(settings).toContainEqual({ name: 'Imported from', before: 'steering_matrix_tiny.pt', after: 'fitted here' });
  expect(settings).toContainEqual({ name: 'Ridge', before: 'not known', after: expect.any(String) as string });
  expect(JSON.stringify(settings)).not.toMatch(/NaN|null|undefined/);
});

test('an imported run is attacked like a fitted one', () => {
  const ended = alphasteer('attack', root, '--run', 'imported', '--goals', '1', '--queries', '8', '--json');
  expect(problemsOf(ended)).toEqual([]);
  expect(JSON.parse(ended.stdout)).toMatchObject({ strength: 1, prompts: [{ queries: 8 }] });
});
