import * as vscode from 'vscode';
import { percent } from '../../core/format.ts';
import type { Fitted } from '../../core/evaluation/data/run-fit.ts';
import type { FitResult } from '../../rpc/worker-api.ts';
import type { FileProblems } from '../prompts/file-problems.ts';
import type { ModelProcess } from '../model/model-process.ts';
import type { Projects } from '../project/project.ts';
import { runJob } from '../model/run-job.ts';
import type { Runs } from '../runs/runs.ts';
import { modelParams, rowLimit } from '../project/settings.ts';
import { showMessage } from '../show-problem.ts';
import { chooseProject } from './choose-project.ts';

/** Fit AlphaSteer: learns steering from the project's fit prompts, into a new run. */
export function fitCommand(parts: {
  readonly projects: Projects;
  readonly runs: Runs;
  readonly model: ModelProcess;
  readonly problems: FileProblems;
  readonly log: vscode.LogOutputChannel;
}): (target?: vscode.Uri) => Promise<FitResult | undefined> {
  const fit = async (target?: vscode.Uri): Promise<FitResult | undefined> => {
    const project = await chooseProject(parts.projects, 'Fit', target);
    if (project === undefined) return undefined;
    const result = await runJob(parts.model, parts.log, {
      call: 'fit',
      title: 'Fit',
      params: { ...modelParams(project), ...rowLimit(project) },
      // Not on `target`: without one, another project may be at hand by then.
      again: () => fit(vscode.Uri.file(project.root)),
      found: (problems) => parts.problems.show(project, problems),
    });
    if (result === undefined) return undefined;
    await parts.runs.read();
    void showMessage(
      result.fit.warnings.length === 0 ? 'Information' : 'Warning',
      [fitSentence(result.fit), ...result.fit.warnings.slice(0, 1)].join(' '),
      {
        title: 'Compare Base and Steered',
        run: () => vscode.commands.executeCommand('alphasteer.compare', result.run),
      },
      {
        title: 'Steering Norms',
        run: () => vscode.commands.executeCommand('alphasteer.openSteeringNorms', result.run),
      },
    );
    return result;
  };
  return fit;
}

function fitSentence({ layers, strength, strengths }: Fitted): string {
  const what = `Fitted: layers ${layers.join(', ')}, strength ${strength}.`;
  const refused = strengths.find(({ chosen }) => chosen)?.refused.jailbreak;
  if (refused === undefined) return what;
  return `${what} It refuses ${percent(refused)} of the jailbreaks that were set aside to choose the strength.`;
}
