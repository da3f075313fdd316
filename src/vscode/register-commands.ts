import * as vscode from 'vscode';
import type { Prompt } from '../core/prompts/prompt.ts';
import type { AskResult } from '../rpc/worker-api.ts';
import { chooseRun, type RunTarget } from './commands/choose-run.ts';
import { comparePromptCommand } from './commands/compare-prompt.ts';
import { compareCommand } from './commands/compare.ts';
import { createConfig } from './commands/create-config.ts';
import { doctorCommand } from './commands/doctor.ts';
import { fitCommand } from './commands/fit.ts';
import { menuCommand } from './commands/menu.ts';
import { openReportCommand } from './commands/open-report.ts';
import { showReply } from './commands/show-reply.ts';
import { testPromptCommand } from './commands/test-prompt.ts';
import type { Parts } from './parts.ts';
import { revealFile } from './reveal-file.ts';
import { runOfNode } from './runs/runs-view.ts';

type On = (command: string, run: (...args: never[]) => unknown) => void;

/** Ties each command of package.json to what it does. */
export function registerCommands(context: vscode.ExtensionContext, parts: Parts): void {
  const { model, reports, steps, log } = parts;
  const on: On = (command, run) => {
    context.subscriptions.push(vscode.commands.registerCommand(`alphasteer.${command}`, run));
  };
  const showRefusals = (run: string): void => {
    reports.openRefusalReport(run);
    steps.tick('report');
  };
  on('fit', fitCommand(parts));
  on('compare', onRun(compareCommand(parts)));
  on('selectModel', async (target?: vscode.Uri) => {
    const { selectModelCommand } = await import('./commands/select-model.ts');
    return selectModelCommand(parts)(target);
  });
  on('openRefusalReport', onRun(openReportCommand(parts, 'refusal', showRefusals)));
  on('openSteeringNorms', onRun(openReportCommand(parts, 'norms', (run) => reports.openSteeringNorms(run))));
  on(
    'export',
    onRun(async (target) => {
      const { exportCommand } = await import('./commands/export-run.ts');
      await exportCommand({ ...parts, built: context.asAbsolutePath('dist') })(target);
    }),
  );
  on('doctor', doctorCommand(parts));
  on('stop', () => model.stop());
  on('showMenu', menuCommand(model));
  on('showLog', () => log.show());
  on('createConfig', createConfig);
  on('openWalkthrough', () => openWalkthrough(context.extension.id));
  registerPromptCommands(on, parts);
  registerRunCommands(on, context.extensionUri, parts);
}

/** What is done with one prompt. */
function registerPromptCommands(on: On, parts: Parts): void {
  const ask = testPromptCommand(parts);
  const test: typeof ask = async (uri, prompt) => {
    const result = await ask(uri, prompt);
    if (result !== undefined) parts.steps.tick('test');
    return result;
  };
  on('testPrompt', test);
  on('comparePrompt', comparePromptCommand(parts, test));
  on('showReply', (file: vscode.Uri, prompt: Prompt, result: AskResult) =>
    showReply(parts.replies, file, prompt, result),
  );
}

/** What is done with the folder of a run. */
function registerRunCommands(on: On, extensionUri: vscode.Uri, { projects, runs, log }: Parts): void {
  const manage = {
    renameRun: async () => (await import('./commands/manage-runs.ts')).renameRun,
    deleteRun: async () => (await import('./commands/manage-runs.ts')).deleteRun,
    compareRuns: async () => {
      const { compareRunsCommand } = await import('./commands/compare-runs.ts');
      return compareRunsCommand({ extensionUri, log });
    },
  };
  for (const [name, command] of Object.entries(manage)) {
    on(name, async (node: unknown) => {
      const run = runOfNode(node) ?? (await chooseRun(projects, runs, 'Compare Runs'));
      if (run !== undefined) await (await command())(runs, run);
    });
  }
  on('revealRun', async (node: unknown) => {
    const run = runOfNode(node);
    if (run !== undefined) await revealFile(vscode.Uri.file(run.folder));
  });
}

/** A command on a run, called on a row of the runs view, a folder, a file, or nothing. */
function onRun<T>(command: (target?: RunTarget) => Promise<T>): (target?: unknown) => Promise<T> {
  return (target) => command(runOfNode(target) ?? (target as RunTarget | undefined));
}

async function openWalkthrough(extension: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extension}#start`, false);
}
