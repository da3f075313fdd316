import type { AskResult } from '../../rpc/worker-api.ts';
import type { ReplyView } from '../reports/reply-view.ts';

/** Shows the replies of an earlier test again. */
export function showReply(view: ReplyView, prompt: string, result: AskResult): void {
  view.begin(prompt);
  view.append('base', result.base.reply);
  view.append('steered', result.steered.reply);
  view.end(result);
}
