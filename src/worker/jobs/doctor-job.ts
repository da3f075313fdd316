import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { whereText } from '../../core/where-text.ts';
import { HumanError } from '../../core/problem.ts';
import type { DoctorResult, ModelParams } from '../../rpc/worker-api.ts';
import { hasCode } from '../../workspace/files/io-error.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { chooseDevice } from '../device/choose-device.ts';
import { devices, missingDevice } from '../session/devices.ts';
import type { Job } from '../job.ts';
import type { Model } from '../model/model.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';

type Check = DoctorResult['checks'][number];

/** `alphasteer doctor`: devices, workspace, model, disk and memory, each with what to do where it is not well. */
export async function doctorJob(params: ModelParams, shelf: ModelShelf, job: Job): Promise<DoctorResult> {
  const checks: Check[] = [];
  let model: Model | undefined;
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
      const settings = modelSettings(params.workspace, config, params);
      // On the CPU, so that one device that fails does not keep the others from being tried.
      model = await shelf.model({ ...settings, device: 'cpu' }, job);
      return `${model.layers} layers, d = ${model.hiddenSize}, ${model.folder.dtype}, device ${settings.device}`;
    });
    return `${fit.length} prompts to fit on, ${evaluate.length} to evaluate on, ${problems.length} problems in them`;
  });
  checks.push(...(model ? await triedDevices(model, job) : untriedDevices()));
  await attempt('Run folder', async () => {
    const folder = join(params.workspace, '.alphasteer');
    // Without the folders above it: a mistyped workspace is not made.
    const writable = await mkdir(folder)
      .catch((error: unknown) => {
        if (!hasCode(error, 'EEXIST')) throw error;
      })
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

/** What each provider does with the model, tried now whatever was found before. */
async function triedDevices(model: Model, { progress }: Job): Promise<Check[]> {
  const { tried, device: best } = await chooseDevice('auto', model, { again: true, progress });
  return tried.map(({ device, works, detail, fix, ...where }) => ({
    name: `Device ${device}`,
    state: works || fix === undefined ? 'ok' : 'warning',
    detail: `${detail}${whereText(where)}${device === best ? '; auto takes it' : ''}`,
    ...(fix !== undefined && { fix }),
  }));
}

/** Without a model nothing can be tried. */
function untriedDevices(): Check[] {
  return devices.map((device) => {
    const missing = missingDevice(device);
    const untried = { detail: 'installed; not tried, since there is no model', state: 'ok' } as const;
    return {
      name: `Device ${device}`,
      ...(missing ? { ...missing, state: missing.fix === undefined ? 'ok' : 'warning' } : untried),
    };
  });
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
