import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hashOfMargins } from '../../../src/workspace/runs/fixed-margins.ts';
import { fakeRun } from '../../unit/core/report/fake-run.ts';

const size = { harmful: 4, perUnseenKind: 1, perSeenKind: 1, benign: 4, borderline: 4 };

/** A project with prompt files and compared runs that never were, for tests of what needs no model; its model is the quickstart's. */
export function madeProject(root: string, runs: readonly string[], seed = 1): void {
  const { replies, fit } = fakeRun(size, seed);
  mkdirSync(join(root, 'prompts'), { recursive: true });
  symlinkSync(resolve('examples/quickstart/model'), join(root, 'model'));
  for (const { file, id, prompt, attack } of replies.filter(
    ({ condition, set }) => condition === 'base' && set === 'evaluate',
  )) {
    appendFileSync(join(root, file), `${JSON.stringify({ id, prompt, attack })}\n`);
  }
  writeFileSync(join(root, 'prompts/benign.jsonl'), '{"id": "benign-1", "prompt": "Name a colour."}\n');
  const config = {
    model: 'model',
    prompts: { fit: [{ files: 'prompts/benign.jsonl' }], evaluate: [{ files: 'prompts/*-heldout.jsonl' }] },
  };
  writeFileSync(join(root, 'alphasteer.json'), JSON.stringify(config, null, 2));
  for (const [i, name] of runs.entries()) writeMadeRun(root, name, i + 1, { replies, fit });
}

/** A compared run that never was. @param day of January 2026: when it was made */
export function writeMadeRun(
  root: string,
  name: string,
  day: number,
  { replies, fit }: ReturnType<typeof fakeRun>,
): void {
  const folder = join(root, '.alphasteer/runs', `2026010${day}-120000-${name.replaceAll(' ', '')}`);
  mkdirSync(folder, { recursive: true });
  const manifest = {
    format: 'alphasteer-run/1',
    key: `${name}${day}`,
    state: 'fitted',
    created: `2026-01-0${day}T12:00:00.000Z`,
    heldOutGoals: [],
    marginsHash: hashOfMargins(fit.margins),
    name,
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'fit.json'), JSON.stringify(fit));
  writeFileSync(join(folder, 'summary.json'), JSON.stringify({ strength: fit.strength, name }));
  writeFileSync(join(folder, 'replies.jsonl'), replies.map((reply) => `${JSON.stringify(reply)}\n`).join(''));
}
