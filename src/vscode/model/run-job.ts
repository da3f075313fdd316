import * as vscode from 'vscode';
import { CancelledError } from '../../core/cancelled.ts';
import type { Problem } from '../../core/problem.ts';
import { ProgressMeter } from '../../core/progress-rate.ts';
import type { Progress, WorkerApi } from '../../rpc/worker-api.ts';
import type { JobParams, JobResult, ModelProcess } from './model-process.ts';
import { progressMessage } from './progress-message.ts';
import { showError, showMessage } from '../show-problem.ts';

/** A job that the user waits for. */
export interface JobRequest<K extends keyof WorkerApi> {
  readonly call: K;
  readonly title: string;
  readonly params: JobParams<K>;
  /** Runs the same command again, after a stop or when the process has ended in the middle: it goes on where it stopped. */
  readonly again: () => unknown;
  /** Told what the worker said of files on the way, also where the job failed then: that may be why. */
  readonly found?: (problems: readonly Problem[]) => void;
}

/**
 * Runs a job under a notification with numbers, the time left and a cancel. An error is shown here, once.
 * @returns undefined when it failed, was stopped, or could not begin
 */
export async function runJob<K extends keyof WorkerApi>(
  model: ModelProcess,
  log: vscode.LogOutputChannel,
  request: JobRequest<K>,
): Promise<JobResult<K> | undefined> {
  if (!(await mayBegin(model))) return undefined;
  const { call, title, params } = request;
  const problems: Problem[] = [];
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  try {
    const result = await vscode.window.withProgress(options, (notification, token) => {
      notification.report({ message: 'Starting' });
      token.onCancellationRequested(() => {
        notification.report({ message: 'Stopping; what is finished is kept' });
        void model.stop();
      });
      const report = reportTo(notification);
      return model.run(call, title, params, {
        progress: (progress) => {
          if (!token.isCancellationRequested) report(progress);
        },
        problem: (problem) => problems.push(problem),
      });
    });
    request.found?.(problems);
    return result;
  } catch (error) {
    if (error instanceof CancelledError) {
      void showMessage('Information', `${title} was stopped. What is finished is kept.`, {
        title: 'Go On',
        run: request.again,
      });
    } else {
      if (problems.length > 0) request.found?.(problems);
      const steps = model.isUp ? [] : [{ title: 'Go On', run: request.again }];
      void showError(error, { root: params.workspace, log, steps });
    }
    return undefined;
  }
}

/** Whether a model may run here at all; where not, says why. */
export function mayRunModels(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void showMessage('Warning', 'AlphaSteer runs no model in a folder that you have not trusted.', {
    title: 'Manage Trust',
    run: () => vscode.commands.executeCommand('workbench.trust.manage'),
  });
  return false;
}

/** Whether a job may begin; where one runs already, the user is asked, and may stop it. */
export async function mayBegin(model: ModelProcess): Promise<boolean> {
  if (!mayRunModels()) return false;
  while (model.job !== undefined) {
    const { title } = model.job;
    const pressed = await vscode.window.showWarningMessage(`AlphaSteer is busy: ${title}.`, `Stop ${title}`);
    if (pressed === undefined) return false;
    // The question may have stood for an hour: what runs now may be another job, which nobody has agreed to stop.
    await model.stop(title);
  }
  return true;
}

function reportTo(notification: vscode.Progress<{ message: string }>): (progress: Progress) => void {
  let meter = new ProgressMeter();
  let phase: string | undefined;
  return (progress) => {
    if (progress.phase !== phase) meter = new ProgressMeter();
    phase = progress.phase;
    const rate = meter.add(progress.done, progress.total, performance.now() / 1000);
    notification.report({ message: progressMessage(progress, rate) });
  };
}
