import * as vscode from 'vscode';
import { headline } from '../../core/report/words/headline.ts';
import type { CompareResult } from '../../rpc/worker-api.ts';
import type { FileProblems } from '../prompts/file-problems.ts';
import type { ModelProcess } from '../model/model-process.ts';
import type { Projects } from '../project/project.ts';
import { runJob } from '../model/run-job.ts';
import type { Runs } from '../runs/runs.ts';
import { modelParams, rowLimit } from '../project/settings.ts';
import { showMessage } from '../show-problem.ts';
import { chooseRun, type RunTarget } from './choose-run.ts';

/** Compare Base and Steered: both replies to every evaluation prompt, judged; goes on where an earlier one stopped. */
export function compareCommand(parts: {
  readonly projects: Projects;
  readonly runs: Runs;
  readonly model: ModelProcess;
  readonly problems: FileProblems;
  readonly log: vscode.LogOutputChannel;
}): (target?: RunTarget) => Promise<CompareResult | undefined> {
  const compare = async (target?: RunTarget): Promise<CompareResult | undefined> => {
    const run = await chooseRun(parts.projects, parts.runs, 'Compare', target);
    if (run === undefined) return undefined;
    const result = await runJob(parts.model, parts.log, {
      call: 'compare',
      title: 'Compare',
      params: { ...modelParams(run.project), ...rowLimit(run.project), run: run.folder },
      again: () => compare(run.folder),
      found: (problems) => parts.problems.show(run.project, problems),
    });
    if (result === undefined) return undefined;
    await parts.runs.read();
    const { sentence, cost } = headline(result.summary);
    void showMessage('Information', `${sentence} ${cost}`, {
      title: 'Open Refusal Report',
      run: () => vscode.commands.executeCommand('alphasteer.openRefusalReport', result.run),
    });
    return result;
  };
  return compare;
}
