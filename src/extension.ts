/** Where the product is put together: builds its parts, and ties commands, views and events to them. */
import * as vscode from 'vscode';
import { keepContextKeys } from './vscode/context-keys.ts';
import { makeParts } from './vscode/parts.ts';
import { ConfigCompletion } from './vscode/project/config-completion.ts';
import { PromptCompletion } from './vscode/prompts/prompt-completion.ts';
import { PromptLenses } from './vscode/prompts/prompt-lenses.ts';
import { PromptTests } from './vscode/prompts/prompt-tests.ts';
import { registerCommands } from './vscode/register-commands.ts';
import { RunsView } from './vscode/runs/runs-view.ts';
import { StatusBar } from './vscode/status-bar.ts';

export function activate(context: vscode.ExtensionContext): void {
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const parts = makeParts(context, own);
  const { projects, runs, documents, verdicts, model } = parts;
  own(new PromptLenses(documents, verdicts));
  own(new PromptTests(projects, runs, verdicts, model));
  own(new ConfigCompletion());
  own(new PromptCompletion(projects));
  own(new RunsView(projects, runs, model));
  own(new StatusBar(projects, runs, model));
  own(keepContextKeys(projects, runs, model));
  registerCommands(context, parts);
}
