import { join } from 'node:path';
import * as z from 'zod';
import type { Problem } from '../../core/problem.ts';
import type { RunState } from '../../rpc/webview-report.ts';
import { readManifest, workspaceOf } from '../../workspace/runs/run-folder.ts';
import { readAllButReplies } from '../../workspace/runs/run-record.ts';
import { runName } from '../runs/run-name.ts';

const modelSchema = z.object({ model: z.object({ path: z.string() }) });

/**
 * What a report's page is sent of a run beside its replies.
 * @throws {HumanError} the fit is not finished, or its files can't be used
 */
export async function readRun(
  folder: string,
  report: (problem: Problem) => void,
): Promise<Omit<RunState, 'replies' | 'canOverrule'>> {
  const [manifest, record] = await Promise.all([readManifest(folder), readAllButReplies(folder, report)]);
  return {
    ...record,
    folder,
    title: runName({ manifest }),
    modelFolder: modelSchema.safeParse(manifest).data?.model.path,
  };
}

/** A prompt file of the run, as an absolute path: runs say files from their workspace. */
export function promptFile(run: string, file: string): string {
  return join(workspaceOf(run), file);
}
