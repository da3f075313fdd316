import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Problem } from '../../core/problem.ts';
import { repliesCsv } from '../../core/report/exports/csv.ts';
import type { ExportFormat } from '../../core/report/exports/formats.ts';
import { junitXml } from '../../core/report/exports/junit.ts';
import { sarifLog } from '../../core/report/exports/sarif.ts';
import { summaryJson } from '../../core/evaluation/summary-json.ts';
import { readSafetensors } from '../../core/formats/safetensors.ts';
import { exportAuthors } from './export-authors.ts';
import { writeReport } from './report-file.ts';
import { runFiles, runsFolder, workspaceOf } from './run-folder.ts';
import { readComparedRun } from './run-record.ts';
import { sourcePlaces } from './source-places.ts';
import { writeFileWhole } from '../files/write-file.ts';

export interface ExportTarget {
  readonly format: ExportFormat['id'];
  readonly out: string;
  /** The folder where the build puts the report's script and style sheet. */
  readonly built: string;
  /** The folder of `alphasteer.json`, from which a run says its files: for a run that was put elsewhere. */
  readonly workspace: string;
}

/**
 * Saves a run in another form, made anew from its fit, its replies and people's verdicts on them.
 * @returns what to know to use it, if anything
 * @throws {HumanError} the run has not what the form needs
 */
export async function exportRun(
  run: string,
  { format, out, built, workspace }: ExportTarget,
  report: (problem: Problem) => void,
): Promise<string | undefined> {
  if (format === 'safetensors') return copySteering(run, out);
  if (format === 'authors') return exportAuthors(run, out, report);
  const compared = await readComparedRun(run, report);
  const { fit, replies } = compared;
  switch (format) {
    case 'html':
      await writeReport(out, built, compared);
      break;
    case 'csv':
      await writeFileWhole(out, repliesCsv(replies, fit));
      break;
    case 'json':
      await writeFileWhole(out, summaryJson(compared.summary));
      break;
    case 'junit':
      await writeFileWhole(out, junitXml(replies, fit.strength));
      break;
    case 'sarif':
      await writeFileWhole(out, sarifLog(replies, fit.strength, await sourcePlaces(filesFrom(run, workspace))));
  }
  return undefined;
}

/** The workspace of a run: its own, when the run lies in one. */
function filesFrom(run: string, otherwise: string): string {
  return dirname(run) === runsFolder(workspaceOf(run)) ? workspaceOf(run) : otherwise;
}

async function copySteering(run: string, out: string): Promise<undefined> {
  const file = join(run, runFiles.steering);
  const bytes = new Uint8Array(await readFile(file));
  readSafetensors(bytes, file);
  await writeFileWhole(out, bytes);
}
