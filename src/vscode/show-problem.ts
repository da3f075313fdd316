import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { describeProblem, HumanError, problemSentence, type Problem } from '../core/problem.ts';

/** A button of a notification, and what it does. */
export interface NextStep {
  readonly title: string;
  readonly run: () => unknown;
}

/** A message with its next steps as buttons; runs the one that is pressed. Resolves when the message is gone. */
export async function showMessage(
  kind: 'Information' | 'Warning' | 'Error',
  message: string,
  ...steps: readonly NextStep[]
): Promise<void> {
  const show = vscode.window[`show${kind}Message`] as (
    text: string,
    ...items: string[]
  ) => Thenable<string | undefined>;
  const pressed = await show(message, ...steps.map(({ title }) => title));
  await steps.find(({ title }) => title === pressed)?.run();
}

/**
 * Shows an error once: what happened and what to do, with a way to its place. What was not foreseen goes to the log
 * with its stack.
 */
export async function showError(
  error: unknown,
  { root, log, steps = [] }: { root?: string; log: vscode.LogOutputChannel; steps?: readonly NextStep[] },
): Promise<void> {
  const problem = problemOf(error);
  log.error(error instanceof HumanError || !(error instanceof Error) ? describeProblem(problem) : error);
  const place = placeOf(problem, root);
  const type = place && (await typeOf(place.uri));
  const open: NextStep[] = type === undefined ? [] : [{ title: 'Open File', run: () => openAt(place!, type) }];
  const showLog: NextStep = { title: 'Show Log', run: () => log.show() };
  // Where no button leads to its place, the message says it.
  const message = type === undefined ? describeProblem(problem) : problemSentence(problem);
  return showMessage('Error', message, ...steps, ...open, showLog);
}

/** What to tell people of any error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HumanError) return error.problem;
  const text = error instanceof Error ? error.message : String(error);
  return {
    severity: 'error',
    message: `Something went wrong that was not foreseen: ${text}`,
    fix: 'The log (AlphaSteer: Show Log) says more; please report it.',
  };
}

/** Where a problem stands, as the editor counts; undefined where it names no file. */
export function placeOf({ file, line = 1, column = 1 }: Problem, root?: string): vscode.Location | undefined {
  if (file === undefined || (!isAbsolute(file) && root === undefined)) return undefined;
  const uri = vscode.Uri.file(isAbsolute(file) ? file : join(root ?? '', file));
  return new vscode.Location(uri, new vscode.Position(line - 1, column - 1));
}

/** Undefined where there is nothing: that a file is missing may be the very problem. */
async function typeOf(uri: vscode.Uri): Promise<vscode.FileType | undefined> {
  return vscode.workspace.fs.stat(uri).then(
    ({ type }) => type,
    () => undefined,
  );
}

async function openAt({ uri, range }: vscode.Location, type: vscode.FileType): Promise<void> {
  if ((type & vscode.FileType.Directory) !== 0) await vscode.commands.executeCommand('revealInExplorer', uri);
  else await vscode.window.showTextDocument(uri, { selection: range });
}
