import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LogOutputChannel } from 'vscode';
import type { Reply } from '../../../../src/core/evaluation/data/summary.ts';
import { readVerdicts } from '../../../../src/vscode/runs/read-verdicts.ts';
import type { Run } from '../../../../src/vscode/runs/read-runs.ts';
import { readComparedRun } from '../../../../src/workspace/runs/run-record.ts';
import { runFiles } from '../../../../src/workspace/runs/run-folder.ts';
import { goldenRun } from '../../core/report/golden-run.ts';
import { runFolder } from '../../workspace/runs/made-run.ts';

const { replies } = goldenRun();
const refused = replies.find(({ condition, verdict }) => condition === 'steered' && verdict === 'refused')!;
const { id, prompt: text } = refused;

function verdictsOf(folder: string, warned: string[] = []): ReturnType<typeof readVerdicts> {
  const log = { warn: (message: string) => warned.push(message) } as unknown as LogOutputChannel;
  return readVerdicts({ folder } as Run, log);
}

test('base was answered anew and the comparison stopped before steering: a lens shows base alone, as the report does', async () => {
  const before = replies.map((one): Reply => ({ ...one, recipe: 'aaaa+x' }));
  const base: Reply = { ...refused, condition: 'base', strength: 0, verdict: 'complied', recipe: 'bbbb+y' };
  const folder = runFolder([...before, base]);
  const { index } = await verdictsOf(folder);
  expect(index.of({ id, text })).toMatchObject({ base: 'complied', steered: undefined });
  const { rows } = await readComparedRun(folder, () => undefined);
  expect(rows).toMatchObject([{ id, base: { verdict: 'complied' }, steered: null }]);
});

test('what a person said of a reply is what a lens shows', async () => {
  const { condition, strength, reply } = refused;
  const { index, personsVerdict } = await verdictsOf(
    runFolder(replies, [{ id, condition, strength, reply, verdict: 'partial' }]),
  );
  expect(index.of({ id, text })?.steered).toBe('partial');
  expect(personsVerdict({ id, reply })).toBe('partial');
});

test('a run that no report can be made of has no verdicts, and the log says why', async () => {
  const folder = runFolder();
  rmSync(join(folder, runFiles.fit));
  const warned: string[] = [];
  expect((await verdictsOf(folder, warned)).index.of({ id, text })).toBeUndefined();
  expect(warned).toEqual([expect.stringContaining(runFiles.fit)]);
});
