import { basename, join } from 'node:path';
import * as z from 'zod';
import type { RunState } from '../../rpc/webview-report.ts';
import { asCompared } from '../../workspace/runs/compared-run.ts';
import { readJudgeFacts } from '../../workspace/runs/judge-facts-file.ts';
import { runFacts } from '../../workspace/runs/run-facts.ts';
import { readFitSummary, readManifest, workspaceOf } from '../../workspace/runs/run-folder.ts';
import { readSecondVerdicts } from '../../workspace/runs/second-verdicts.ts';
import { runName } from '../runs/run-name.ts';

const modelSchema = z.object({ model: z.object({ path: z.string(), fingerprint: z.string() }) });

/**
 * What a report says of a run beside its replies.
 * @throws {HumanError} the fit is not finished, or its files can't be used
 */
export async function readRun(folder: string): Promise<Omit<RunState, 'replies' | 'overrides' | 'canOverrule'>> {
  const [manifest, fit, judge, secondVerdicts] = await Promise.all([
    readManifest(folder),
    readFitSummary(folder),
    readJudgeFacts(folder),
    readSecondVerdicts(folder),
  ]);
  const model = modelSchema.safeParse(manifest).data?.model;
  return {
    folder,
    name: runName({ manifest }),
    // The rules may have changed since the fit: their errors are those of the rules that judged.
    fit: { ...(await asCompared(folder, fit, manifest)), ...(judge !== undefined && { judge: judge.measure }) },
    ...(judge !== undefined && { judge }),
    secondVerdicts,
    facts: [
      ['Run', basename(folder)],
      ...(model === undefined ? [] : ([['Model folder', model.path]] as const)),
      ...runFacts(manifest),
    ],
  };
}

/** A prompt file of the run, as an absolute path: runs say files from their workspace. */
export function promptFile(run: string, file: string): string {
  return join(workspaceOf(run), file);
}
