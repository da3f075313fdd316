import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { renderReport, type Inlined, type ReportInput } from '../core/report/html.ts';
import { writeFileWhole } from '../workspace/write-file.ts';

/** Writes `report.html`, with the script and the style sheet that the build puts beside the worker's bundle. */
export async function writeReport(
  file: string,
  { facts, ...input }: Pick<ReportInput, 'summary' | 'fit' | 'replies'> & Pick<ReportInput['meta'], 'facts'>,
): Promise<void> {
  const [script, style] = await Promise.all(['report.js', 'report.css'].map(inlined));
  const meta = { title: 'AlphaSteer refusal report', facts };
  await writeFileWhole(file, renderReport({ ...input, meta, script: script!, style: style! }));
}

async function inlined(name: string): Promise<Inlined> {
  const text = await readFile(new URL(`./${name}`, import.meta.url), 'utf8');
  return { text, sha256: createHash('sha256').update(text).digest('base64') };
}
