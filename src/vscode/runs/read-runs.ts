import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFit } from '../../core/evaluation/data/run-fit.ts';
import { readRunFit } from '../../workspace/runs/fit-file.ts';
import { listRuns, readManifest, runFiles, type Manifest } from '../../workspace/runs/run-folder.ts';
import type { Project } from '../project/read-project.ts';

/** A run folder, as far as it is shown. */
export interface Run {
  readonly project: Project;
  readonly folder: string;
  readonly manifest: Manifest;
  /** Absent while the fit has not ended. */
  readonly fit: RunFit | undefined;
  /** Whether there are replies to report on. */
  readonly compared: boolean;
  /** Another one whenever its replies, or what people said of them, are others. */
  readonly stamp: string;
}

/** The runs of a project, newest first. */
export async function readRuns(project: Project): Promise<Run[]> {
  const runs = await Promise.all(
    (await listRuns(project.root)).map(async (folder): Promise<Run | undefined> => {
      // A folder whose manifest is not there yet, or is no run at all, is nothing to show.
      const manifest = await readManifest(folder).catch(() => undefined);
      if (manifest === undefined) return undefined;
      const fit = manifest.state === 'fitted' ? await readRunFit(folder).catch(() => undefined) : undefined;
      const [replies, overrides] = await Promise.all(
        [runFiles.replies, runFiles.overrides].map((name) => stat(join(folder, name)).catch(() => undefined)),
      );
      const stamp = [replies, overrides].map((file) => file && `${file.size} ${file.mtimeMs}`).join();
      return { project, folder, manifest, fit, compared: (replies?.size ?? 0) > 0, stamp };
    }),
  );
  return runs.filter((run) => run !== undefined);
}
