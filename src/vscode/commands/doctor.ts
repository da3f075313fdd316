import * as vscode from 'vscode';
import type { DoctorResult } from '../../rpc/worker-api.ts';
import type { ModelProcess } from '../model/model-process.ts';
import type { Projects } from '../project/project.ts';
import { runJob } from '../model/run-job.ts';
import { modelParams } from '../project/settings.ts';
import { showMessage } from '../show-problem.ts';
import { chooseProject } from './choose-project.ts';

/** Doctor: what would run where, and how to fix what would not; the details go to the log. */
export function doctorCommand(parts: {
  readonly projects: Projects;
  readonly model: ModelProcess;
  readonly log: vscode.LogOutputChannel;
}): (target?: vscode.Uri) => Promise<DoctorResult | undefined> {
  const { projects, model, log } = parts;
  const examine = async (target?: vscode.Uri): Promise<DoctorResult | undefined> => {
    const project = await chooseProject(projects, 'Doctor', target);
    if (project === undefined) return undefined;
    const params = modelParams(project);
    const again = (): unknown => examine(vscode.Uri.file(project.root));
    const result = await runJob(model, log, { call: 'doctor', title: 'Doctor', params, again });
    if (result === undefined) return undefined;
    const { checks } = result;
    for (const { name, state, detail, fix } of checks) {
      const level = state === 'ok' ? 'info' : state === 'warning' ? 'warn' : 'error';
      log[level](`Doctor: ${name}: ${detail}${fix === undefined ? '' : ` ${fix}`}`);
    }
    const errors = checks.filter(({ state }) => state === 'error');
    const first = errors[0];
    const message =
      first === undefined
        ? 'AlphaSteer can run here.'
        : `AlphaSteer cannot run here yet. ${first.name}: ${first.detail} ${first.fix ?? ''}`.trim();
    void showMessage(first === undefined ? 'Information' : 'Error', message, {
      title: 'Show Details',
      run: () => log.show(),
    });
    return result;
  };
  return examine;
}
