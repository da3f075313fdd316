import type * as vscode from 'vscode';
import type { Prompt } from '../../core/prompts/prompt.ts';
import type { AskResult } from '../../rpc/worker-api.ts';
import type { VerdictMemory } from '../runs/last-verdicts.ts';
import type { Projects } from '../project/project.ts';
import type { ReplyDocuments } from '../prompts/reply-documents.ts';

/** `Compare` above a prompt: its two replies in a diff editor, those of the last test where they still hold. */
export function comparePromptCommand(
  parts: { readonly projects: Projects; readonly verdicts: VerdictMemory; readonly diff: ReplyDocuments },
  test: (uri: vscode.Uri, prompt: Prompt) => Promise<AskResult | undefined>,
): (uri: vscode.Uri, prompt: Prompt) => Promise<void> {
  return async (uri, prompt) => {
    const project = parts.projects.projectOf(uri);
    const last = project && parts.verdicts.of(project, prompt);
    const tested = last?.outOfDate === false ? last.tested : undefined;
    const result = tested ?? (await test(uri, prompt));
    if (result !== undefined) await parts.diff.compare(result);
  };
}
