import type * as vscode from 'vscode';
import type { Question } from '../../core/prompts/prompt.ts';
import type { AskResult } from '../../rpc/worker-api.ts';
import type { ReplyView } from '../reports/reply-view.ts';

/**
 * Shows the replies of an earlier test again.
 * @param file the prompt's, by which its project is known
 */
export function showReply(view: ReplyView, file: vscode.Uri, question: Question, result: AskResult): void {
  view.begin(question, file);
  for (const condition of ['base', 'steered'] as const) {
    const firstToken = result.firstToken?.[condition];
    view.append({ condition, text: result[condition].reply, ...(firstToken !== undefined && { firstToken }) });
  }
  view.end(result);
}
