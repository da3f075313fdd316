/** Where the product is put together: builds its parts, and ties commands, views and events to them. */
import * as vscode from 'vscode';
import type { Prompt } from './core/prompts/prompt.ts';
import type { AskResult } from './rpc/worker-api.ts';
import { compareCommand } from './vscode/commands/compare.ts';
import { chooseRun, type RunTarget } from './vscode/commands/choose-run.ts';
import { createConfig } from './vscode/commands/create-config.ts';
import { doctorCommand } from './vscode/commands/doctor.ts';
import { fitCommand } from './vscode/commands/fit.ts';
import { menuCommand } from './vscode/commands/menu.ts';
import { openReportCommand } from './vscode/commands/open-report.ts';
import { comparePromptCommand } from './vscode/commands/compare-prompt.ts';
import { showReply } from './vscode/commands/show-reply.ts';
import { testPromptCommand } from './vscode/commands/test-prompt.ts';
import { ConfigCompletion } from './vscode/project/config-completion.ts';
import { keepContextKeys } from './vscode/context-keys.ts';
import { FileProblems } from './vscode/prompts/file-problems.ts';
import { VerdictMemory } from './vscode/runs/last-verdicts.ts';
import { ModelProcess } from './vscode/model/model-process.ts';
import { Projects } from './vscode/project/project.ts';
import { PromptCompletion } from './vscode/prompts/prompt-completion.ts';
import { PromptDocuments } from './vscode/prompts/prompt-documents.ts';
import { PromptLenses } from './vscode/prompts/prompt-lenses.ts';
import { PromptTests } from './vscode/prompts/prompt-tests.ts';
import { ReplyDocuments } from './vscode/prompts/reply-documents.ts';
import { ReplyView } from './vscode/reports/reply-view.ts';
import { ReportPanels } from './vscode/reports/report-panels.ts';
import { Runs } from './vscode/runs/runs.ts';
import { revealFile } from './vscode/reveal-file.ts';
import { runOfNode, RunsView } from './vscode/runs/runs-view.ts';
import { StatusBar } from './vscode/status-bar.ts';
import { WalkthroughSteps } from './vscode/walkthrough-steps.ts';

export function activate(context: vscode.ExtensionContext): void {
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const on = (command: string, run: (...args: never[]) => unknown): void => {
    own(vscode.commands.registerCommand(`alphasteer.${command}`, run));
  };

  const log = own(vscode.window.createOutputChannel('AlphaSteer', { log: true }));
  const model = own(new ModelProcess(context.asAbsolutePath('dist/worker.js'), log));
  const projects = own(new Projects());
  const runs = own(new Runs(projects));
  const documents = own(new PromptDocuments(projects));
  const verdicts = own(new VerdictMemory(runs, log));
  const problems = own(new FileProblems(projects, documents));
  const reports = own(new ReportPanels(context.extensionUri, log));
  const diff = own(new ReplyDocuments());
  const replies = own(
    new ReplyView(context.extensionUri, {
      stop: () => void model.stop(),
      again: (question, root) => void vscode.commands.executeCommand('alphasteer.testPrompt', root, question),
    }),
  );
  own(new PromptLenses(documents, verdicts));
  own(new PromptTests(projects, runs, verdicts, model));
  own(new ConfigCompletion());
  own(new PromptCompletion(projects));
  own(new RunsView(projects, runs, model));
  own(new StatusBar(projects, runs, model));
  own(keepContextKeys(projects, runs, model));
  const steps = own(new WalkthroughSteps(context.extension.id, projects, runs, log));

  const parts = {
    projects,
    documents,
    runs,
    verdicts,
    model,
    problems,
    replies,
    diff,
    log,
    recent: context.globalState,
  };
  const ask = testPromptCommand(parts);
  const test: typeof ask = async (uri, prompt) => {
    const result = await ask(uri, prompt);
    if (result !== undefined) steps.tick('test');
    return result;
  };
  const showRefusals = (run: string): void => {
    reports.openRefusalReport(run);
    steps.tick('report');
  };
  on('fit', fitCommand(parts));
  on('compare', onRun(compareCommand(parts)));
  on('testPrompt', test);
  on('comparePrompt', comparePromptCommand(parts, test));
  on('showReply', (file: vscode.Uri, prompt: Prompt, result: AskResult) => showReply(replies, file, prompt, result));
  on('selectModel', async (target?: vscode.Uri) => {
    const { selectModelCommand } = await import('./vscode/commands/select-model.ts');
    return selectModelCommand(parts)(target);
  });
  on('openRefusalReport', onRun(openReportCommand(parts, 'refusal', showRefusals)));
  on('openSteeringNorms', onRun(openReportCommand(parts, 'norms', (run) => reports.openSteeringNorms(run))));
  on(
    'export',
    onRun(async (target) => {
      const { exportCommand } = await import('./vscode/commands/export-run.ts');
      await exportCommand({ ...parts, built: context.asAbsolutePath('dist') })(target);
    }),
  );
  on('doctor', doctorCommand(parts));
  on('stop', () => model.stop());
  on('showMenu', menuCommand(model));
  on('showLog', () => log.show());
  on('createConfig', createConfig);
  on('openWalkthrough', () => openWalkthrough(context.extension.id));
  const manage = {
    renameRun: async () => (await import('./vscode/commands/manage-runs.ts')).renameRun,
    deleteRun: async () => (await import('./vscode/commands/manage-runs.ts')).deleteRun,
    compareRuns: async () => {
      const { compareRunsCommand } = await import('./vscode/commands/compare-runs.ts');
      return compareRunsCommand({ extensionUri: context.extensionUri, log });
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
