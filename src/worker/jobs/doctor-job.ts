import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { HumanError } from '../../core/problem.ts';
import type { DoctorResult, WorkspaceParams } from '../../rpc/worker-api.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { chooseDevice } from '../devices.ts';
import type { Job } from '../job.ts';
import { modelSettings, type ModelShelf } from '../model-shelf.ts';

type Check = DoctorResult['checks'][number];

/** `alphasteer doctor`: devices, workspace, model, disk and memory, each with what to do where it is not well. */
export async function doctorJob(params: WorkspaceParams, shelf: ModelShelf, job: Job): Promise<DoctorResult> {
  const checks: Check[] = [];
  for (const { device, works, detail } of chooseDevice('auto').tried) {
    checks.push({ name: `Device ${device}`, state: works ? 'ok' : 'warning', detail });
  }
  const attempt = async (name: string, run: () => Promise<string>): Promise<void> => {
    try {
      checks.push({ name, state: 'ok', detail: await run() });
    } catch (error) {
      if (!(error instanceof HumanError)) throw error;
      checks.push({ name, state: 'error', detail: error.problem.message, fix: error.problem.fix });
    }
    await job.checkpoint();
  };
  await attempt('Workspace', async () => {
    const { config, fit, evaluate, problems } = await loadWorkspace(params.workspace, job.problem);
    await attempt('Model', async () => {
      const model = await shelf.model(modelSettings(params.workspace, config, params), job);
      return `${model.layers} layers, d = ${model.hiddenSize}, ${model.folder.dtype}, runs on ${model.device}`;
    });
    return `${fit.length} prompts to fit on, ${evaluate.length} to evaluate on, ${problems.length} problems in them`;
  });
  await attempt('Run folder', async () => {
    const folder = join(params.workspace, '.alphasteer');
    const writable = await mkdir(folder, { recursive: true })
      .then(() => access(folder, constants.W_OK))
      .then(
        () => true,
        () => false,
      );
    if (!writable) {
      throw new HumanError({
        file: folder,
        message: 'The run folder cannot be written.',
        fix: 'Give yourself write access to the workspace, or use --out.',
      });
    }
    const { bavail, bsize } = await statfs(folder);
    return `${gigabytes(bavail * bsize)} free`;
  });
  checks.push({ name: 'Memory', state: 'ok', detail: `${gigabytes(freemem())} free` });
  return { checks };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
