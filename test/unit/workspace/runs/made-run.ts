import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Override } from '../../../../src/core/evaluation/replies/overrides.ts';
import type { Reply } from '../../../../src/core/evaluation/data/summary.ts';
import { hashOfMargins } from '../../../../src/workspace/runs/fixed-margins.ts';
import { runFiles, type Manifest } from '../../../../src/workspace/runs/run-folder.ts';
import { goldenRun } from '../../core/report/golden-run.ts';

/** A fitted run with these replies in a folder of its own, gone when the test ends. */
export function runFolder(
  replies: readonly Reply[] = goldenRun().replies,
  overrides: readonly Override[] = [],
  about: Partial<Manifest> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { fit } = goldenRun();
  const manifest = { format: 'alphasteer-run/1', key: 'k', state: 'fitted', created: '2026-01-02T03:04:05Z' };
  writeFileSync(
    join(folder, runFiles.manifest),
    JSON.stringify({ ...manifest, heldOutGoals: [], marginsHash: hashOfMargins(fit.margins), ...about }),
  );
  writeFileSync(join(folder, runFiles.fit), JSON.stringify(fit));
  writeFileSync(join(folder, runFiles.replies), lines(replies));
  writeFileSync(join(folder, runFiles.overrides), lines(overrides));
  return folder;
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
