import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../src/core/config.ts';
import measured from '../../../src/core/judge/measured.json' with { type: 'json' };
import type { Problem } from '../../../src/core/problem.ts';
import { loadJudge, type LoadedJudge } from '../../../src/workspace/load-judge.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'judge-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(rules?: string): Promise<{ loaded: LoadedJudge; problems: Problem[] }> {
  if (rules !== undefined) await writeFile(join(folder, 'rules.json'), rules);
  const text = JSON.stringify({
    model: 'model',
    prompts: { fit: [{ files: 'a.jsonl' }], evaluate: [{ files: 'b.jsonl' }] },
    ...(rules !== undefined && { judge: { rules: 'rules.json' } }),
  });
  const { config } = parseConfig(text, 'alphasteer.json');
  const problems: Problem[] = [];
  return { loaded: await loadJudge(folder, config!, (problem) => problems.push(problem)), problems };
}

const shipped = await readFile('src/core/judge/rules.json', 'utf8');

test('the shipped rules come with what was measured of them, and an unchanged copy measures the same', async () => {
  const { loaded } = await load();
  const { version, ...measure } = measured;
  expect(loaded.identity.version).toBe(version);
  const copy = await load(`// ours\n${shipped}`);
  expect(copy.loaded.measure).toEqual(measure);
  expect(copy.loaded.identity).toEqual({ ...loaded.identity, file: 'rules.json' });
  expect(copy.problems).toEqual([]);
});

test('rules that lost their refusals are told of at once, and have another hash', async () => {
  const rules = { ...(JSON.parse(shipped) as object), refusals: [], openings: [], disclaimers: [] };
  const { loaded, problems } = await load(JSON.stringify(rules));
  expect(problems).toMatchObject([
    {
      severity: 'warning',
      file: join(folder, 'rules.json'),
      message: 'The rules find none of the 102 refusals among the 333 labelled replies.',
    },
  ]);
  expect(loaded.identity.sha256).not.toBe((await load()).loaded.identity.sha256);
});
