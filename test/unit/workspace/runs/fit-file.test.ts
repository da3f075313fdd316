import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Imported } from '../../../../src/core/evaluation/data/run-fit.ts';
import { readRunFit, writeRunFit } from '../../../../src/workspace/runs/fit-file.ts';
import { runFiles } from '../../../../src/workspace/runs/run-folder.ts';
import { goldenRun } from '../../core/report/golden-run.ts';
import { runFolder } from './made-run.ts';

const earlier = join(import.meta.dirname, '../../../fixtures/runs');

function fitOf(folder: string): string {
  return readFileSync(join(folder, runFiles.fit), 'utf8');
}

test('a fit is read as it was written', async () => {
  const folder = runFolder();
  const { fit } = goldenRun();
  await writeRunFit(folder, fit);
  const before = fitOf(folder);
  const read = await readRunFit(folder);
  expect(read).toEqual(fit);
  await writeRunFit(folder, read);
  expect(fitOf(folder)).toBe(before);
});

test('a fit of 0.1.0, which does not say its kind, is a fit; the rest is as it stands', async () => {
  const { kind, ...read } = await readRunFit(join(earlier, 'judged'));
  expect(kind).toBe('fitted');
  expect(read).toEqual(JSON.parse(fitOf(join(earlier, 'judged'))));
});

test('an import of 0.1.0, which has null for what only a fit knows, is an import without it', async () => {
  const folder = runFolder();
  cpSync(join(earlier, 'imported'), folder, { recursive: true });
  const written = JSON.parse(fitOf(folder)) as Record<string, unknown>;
  expect(written).toMatchObject({ nullSpaceRatio: null, ridge: null });
  const read = (await readRunFit(folder)) as Imported;
  expect(read).toMatchObject({ kind: 'imported', file: 'steering_matrix_tiny.pt', prompts: 100, strength: 1 });
  expect(read.perLayer[0]).toMatchObject({ layer: 1, threshold: null });
  expect(read.perLayer[0]!.auc).toBeGreaterThan(0.5);
  await writeRunFit(folder, read);
  expect(fitOf(folder).match(/null/g)).toHaveLength(read.layers.length /* their thresholds: every prompt is steered */);
  expect(await readRunFit(folder)).toEqual(read);
});

test('what no prompt measures, which 0.1.0 wrote as null, is absent', async () => {
  const folder = runFolder();
  const { fit } = goldenRun();
  const perLayer = fit.perLayer.map((layer) => ({ ...layer, auc: NaN, leakage: NaN, leakage95: NaN }));
  writeFileSync(join(folder, runFiles.fit), JSON.stringify({ ...fit, perLayer }));
  const read = await readRunFit(folder);
  for (const { auc, leakage, leakage95 } of read.perLayer)
    expect([auc, leakage, leakage95]).toEqual([undefined, undefined, undefined]);
});

test('a fit of another version is refused in words', async () => {
  const folder = runFolder();
  writeFileSync(join(folder, runFiles.fit), JSON.stringify({ format: 'alphasteer-fit/9' }));
  await expect(readRunFit(folder)).rejects.toThrow(
    'its format is alphasteer-fit/9, and this version reads alphasteer-fit/4 and alphasteer-fit/5',
  );
  writeFileSync(join(folder, runFiles.fit), '{}');
  await expect(readRunFit(folder)).rejects.toThrow('nothing usable of its fit');
});
