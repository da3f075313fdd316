import type { Question } from '../../core/prompts/prompt.ts';
import type { AskResult } from '../../rpc/worker-api.ts';
import type { ReplyView } from '../reports/reply-view.ts';

/** Shows the replies of an earlier test again. */
export function showReply(view: ReplyView, question: Question, result: AskResult): void {
  view.begin(question);
  view.append('base', result.base.reply);
  view.append('steered', result.steered.reply);
  view.end(result);
}
