import type { Question } from '../../core/prompts/prompt.ts';
import type { AskResult } from '../../rpc/worker-api.ts';
import type { ReplyView } from '../reports/reply-view.ts';

/** Shows the replies of an earlier test again. */
export function showReply(view: ReplyView, question: Question, result: AskResult): void {
  view.begin(question);
  for (const condition of ['base', 'steered'] as const) {
    const firstToken = result.firstToken?.[condition];
    view.append({ condition, text: result[condition].reply, ...(firstToken !== undefined && { firstToken }) });
  }
  view.end(result);
}
