import * as vscode from 'vscode';
import { ModelProcess } from './model/model-process.ts';
import { Projects } from './project/project.ts';
import { FileProblems } from './prompts/file-problems.ts';
import { PromptDocuments } from './prompts/prompt-documents.ts';
import { ReplyDocuments } from './prompts/reply-documents.ts';
import { ReplyView } from './reports/reply-view.ts';
import { ReportPanels } from './reports/report-panels.ts';
import { VerdictMemory } from './runs/last-verdicts.ts';
import { Runs } from './runs/runs.ts';
import { WalkthroughSteps } from './walkthrough-steps.ts';

/** What commands and views work with: one of each in a window. */
export type Parts = ReturnType<typeof makeParts>;

/** @param own keeps a part until the extension ends */
export function makeParts(context: vscode.ExtensionContext, own: <T extends vscode.Disposable>(part: T) => T) {
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
  const steps = own(new WalkthroughSteps(context.extension.id, projects, runs, log));
  const recent = context.globalState;
  return { log, model, projects, runs, documents, verdicts, problems, reports, diff, replies, steps, recent };
}
