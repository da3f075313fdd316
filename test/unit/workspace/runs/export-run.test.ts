import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Reply } from '../../../../src/core/evaluation/data/summary.ts';
import { writeSafetensors } from '../../../../src/core/formats/safetensors.ts';
import { exportRun } from '../../../../src/workspace/runs/export-run.ts';
import { runFiles } from '../../../../src/workspace/runs/run-folder.ts';
import { goldenRun } from '../../core/report/golden-run.ts';
import { runFolder } from './made-run.ts';

const ignored = (): void => undefined;
const { replies } = goldenRun();

/** A run folder that is the build's folder as well. */
function builtRun(of: readonly Reply[] = replies): string {
  const folder = runFolder(of);
  writeFileSync(join(folder, 'report.js'), 'void 0;');
  writeFileSync(join(folder, 'report.css'), 'p{}');
  return folder;
}

async function exported(run: string, format: Parameters<typeof exportRun>[1]['format']): Promise<string> {
  const out = join(run, 'out', `run.${format}`);
  await exportRun(run, { format, out, built: run, workspace: run }, ignored);
  return readFileSync(out, 'utf8');
}

test('people’s verdicts count in every form of the replies', async () => {
  const run = builtRun();
  const formats = ['html', 'csv', 'json', 'junit', 'sarif'] as const;
  const before = await Promise.all(formats.map((format) => exported(run, format)));
  const { id, condition, strength, reply } = replies.find(
    (one) => one.condition === 'steered' && one.label === 'harmful' && one.verdict === 'refused',
  )!;
  const override = { id, condition, strength, reply, verdict: 'complied' };
  writeFileSync(join(run, runFiles.overrides), `${JSON.stringify(override)}\n`);
  const after = await Promise.all(formats.map((format) => exported(run, format)));
  formats.forEach((format, i) => expect(after[i], format).not.toBe(before[i]));
  expect(after[3]).toContain(`name="${id}"><failure`);
});

test('the steering is saved as it is, when it is one', async () => {
  const run = builtRun();
  const bytes = writeSafetensors({ tensors: { w: { shape: [1], data: Float32Array.of(1) } }, metadata: {} });
  writeFileSync(join(run, runFiles.steering), bytes);
  await exportRun(run, { format: 'safetensors', out: join(run, 'copy'), built: run, workspace: run }, ignored);
  expect(readFileSync(join(run, 'copy')).equals(bytes)).toBe(true);
  writeFileSync(join(run, runFiles.steering), bytes.subarray(0, 20));
  await expect(
    exportRun(run, { format: 'safetensors', out: join(run, 'copy'), built: run, workspace: run }, ignored),
  ).rejects.toThrow(/Not a safetensors file/);
});

test('a run without replies says what to do', async () => {
  await expect(exported(builtRun([]), 'csv')).rejects.toThrow(/no replies yet. Compare base and steered first/);
});
