/// <reference types="node" />
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll } from 'vitest';
import { renderReport, type Inlined } from '../../src/core/report/html/html.ts';
import type { RunFit } from '../../src/core/evaluation/data/run-fit.ts';
import { judgedRun } from '../../src/core/evaluation/judged-run.ts';
import type { Reply } from '../../src/core/evaluation/data/summary.ts';
import { judge, runState, secondVerdicts } from './run-state.ts';

const media = fileURLToPath(new URL('../../media/pages/', import.meta.url));

/** The report's script or style sheet, built as the extension's build does it. */
async function bundle(file: string): Promise<Inlined> {
  const { outputFiles } = await build({
    entryPoints: [join(media, file)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'chrome124',
    write: false,
  });
  const text = outputFiles[0]?.text ?? '';
  return { text, sha256: createHash('sha256').update(text).digest('base64') };
}

/** For the tests of a file: writes a report as a file in a folder of its own, which is gone after the tests. @returns its address */
export function reportWriter(): (replies: readonly Reply[], fit: RunFit) => Promise<string> {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));
  return async (replies, fit) => {
    const folder = await mkdtemp(join(tmpdir(), 'alphasteer-report-'));
    folders.push(folder);
    return writeReport(folder, replies, fit);
  };
}

async function writeReport(folder: string, replies: readonly Reply[], fit: RunFit): Promise<string> {
  const [script, style] = await Promise.all([bundle('report.ts'), bundle('report.css')]);
  const file = join(folder, 'report.html');
  const meta = {
    title: 'AlphaSteer refusal report',
    facts: [
      ['Made', '2026-01-02 03:04'],
      ['Seed', '1'],
    ],
  } as const;
  const { summary, rows, second } = judgedRun(runState({ replies, fit, secondVerdicts: secondVerdicts(replies) }));
  await writeFile(file, renderReport({ summary, fit, rows, meta, judge, second, script, style }));
  return pathToFileURL(file).href;
}
