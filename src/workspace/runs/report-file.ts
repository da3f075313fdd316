import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JudgedRun } from '../../core/evaluation/judged-run.ts';
import { renderReport, type Inlined } from '../../core/report/html/html.ts';
import { writeFileWhole } from '../files/write-file.ts';

/**
 * Writes the refusal report as one file.
 * @param built the folder where the build puts the report's script and style sheet
 */
export async function writeReport(file: string, built: string, run: JudgedRun): Promise<void> {
  const { summary, fit, rows, judge, second, facts } = run;
  const [script, style] = await Promise.all(['report.js', 'report.css'].map((name) => inlined(join(built, name))));
  const meta = { title: 'AlphaSteer refusal report', facts };
  const page = renderReport({ summary, fit, rows, judge, second, meta, script: script!, style: style! });
  await writeFileWhole(file, page);
}

async function inlined(file: string): Promise<Inlined> {
  const text = await readFile(file, 'utf8');
  return { text, sha256: createHash('sha256').update(text).digest('base64') };
}
