import * as vscode from 'vscode';
import { CancelledError } from '../../core/cancelled.ts';
import type { Question } from '../../core/prompts/prompt.ts';
import type { AskResult } from '../../rpc/worker-api.ts';
import type { VerdictMemory } from '../runs/last-verdicts.ts';
import type { ModelProcess } from '../model/model-process.ts';
import type { Projects } from '../project/project.ts';
import type { PromptDocuments } from '../prompts/prompt-documents.ts';
import type { ReplyView } from '../reports/reply-view.ts';
import { mayBegin } from '../model/run-job.ts';
import type { Runs } from '../runs/runs.ts';
import { modelParams } from '../project/settings.ts';
import { describeProblem } from '../../core/problem.ts';
import { problemOf, showError } from '../show-problem.ts';
import { chooseRun } from './choose-run.ts';

const title = 'Test Prompt';

/**
 * Test Prompt: asks the base and the steered model, streamed side by side into the reply view. The prompt is the one
 * it is called on, else the selection, the prompt at the cursor, or one that is typed in. A test that still runs is
 * stopped, so that the new one starts at once; of several that wait for its end, the last one is asked.
 */
export function testPromptCommand(parts: {
  readonly projects: Projects;
  readonly documents: PromptDocuments;
  readonly runs: Runs;
  readonly verdicts: VerdictMemory;
  readonly model: ModelProcess;
  readonly replies: ReplyView;
  readonly log: vscode.LogOutputChannel;
}): (uri?: vscode.Uri, prompt?: unknown) => Promise<AskResult | undefined> {
  const { projects, documents, runs, verdicts, model, replies, log } = parts;
  let latest = 0;
  const test = async (uri?: vscode.Uri, prompt?: unknown): Promise<AskResult | undefined> => {
    const question = isQuestion(prompt) ? prompt : (promptInEditor(documents) ?? (await typedPrompt()));
    if (question === undefined) return undefined;
    const turn = ++latest;
    const run = await chooseRun(projects, runs, title, uri);
    if (run === undefined) return undefined;
    await model.stop(title);
    if (!(await mayBegin(model)) || turn !== latest) return undefined;
    const { project, folder } = run;
    const root = vscode.Uri.file(project.root);
    replies.begin(question, root);
    try {
      const params = { ...modelParams(project), question, run: folder };
      const result = await model.run('ask', title, params, {
        text: (piece) => replies.append(piece),
      });
      replies.end(result);
      verdicts.record(project, question, result);
      return result;
    } catch (error) {
      if (error instanceof CancelledError) {
        replies.stopped();
      } else {
        replies.fail(describeProblem(problemOf(error)));
        const steps = model.isUp ? [] : [{ title: 'Try Again', run: () => test(root, question) }];
        void showError(error, { root: project.root, log, steps });
      }
      return undefined;
    }
  };
  return test;
}

/** A button in an editor's title calls a command on the file, and on where the button is. */
function isQuestion(value: unknown): value is Question {
  return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';
}

/** The selected text of the active editor, else the prompt of a prompt file that the cursor is in. */
function promptInEditor(documents: PromptDocuments): Question | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  if (!editor.selection.isEmpty) return { text: editor.document.getText(editor.selection) };
  const line = editor.selection.active.line + 1;
  return documents.of(editor.document)?.prompts.findLast((prompt) => prompt.line <= line);
}

async function typedPrompt(): Promise<Question | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'AlphaSteer: Test Prompt',
    prompt: 'Base and steered model answer side by side.',
    placeHolder: 'A prompt',
  });
  return text === undefined || text.trim() === '' ? undefined : { text };
}
