/** The process of a lane: a second copy of a model's session, which works beside the one of the worker and dies with it. */
import { createMessageConnection, ResponseError, type CancellationToken } from 'vscode-jsonrpc';
import { IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { CancelledError } from '../../core/cancelled.ts';
import { HumanError } from '../../core/problem.ts';
import { humanErrorCode } from '../../rpc/worker-api.ts';
import { checkpoint } from '../job.ts';
import type { ChatSession } from '../session/chat-session.ts';
import type { ExtractionSession } from '../session/extraction-session.ts';
import { keepHalvesAsBits } from '../session/float16.ts';
import { laneNotifications, laneRequests, type AskReplies } from './lane-api.ts';
import { openChatSession, openExtractionSession } from '../session/model-session.ts';

keepHalvesAsBits();

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
let chat: ChatSession | undefined;
let extraction: ExtractionSession | undefined;

async function replies(asked: AskReplies, token: CancellationToken): Promise<null> {
  const { rows, maxNewTokens, endTokens, alone, wantsFirstLogits } = asked;
  const options = {
    maxNewTokens,
    endTokens,
    ...(alone !== undefined && { alone }),
    ...(wantsFirstLogits && {
      onFirstLogits: (row: number, logits: Float32Array) =>
        void connection.sendNotification(laneNotifications.firstLogits, { row, logits: logits.slice() }),
    }),
  };
  const job = { checkpoint: () => checkpoint(() => token.isCancellationRequested) };
  for await (const finished of chat!.replies(rows, options, job))
    await connection.sendNotification(laneNotifications.finished, finished);
  return null;
}

/** A request whose errors reach the other end as what they are. */
function answering<P, R>(handle: (params: P, token: CancellationToken) => Promise<R>) {
  return async (params: P, token: CancellationToken): Promise<R> => {
    try {
      return await handle(params, token);
    } catch (error) {
      if (error instanceof HumanError) throw new ResponseError(humanErrorCode, error.message, error.problem);
      if (error instanceof CancelledError) throw new ResponseError(-32800, error.message);
      throw new ResponseError(-32603, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  };
}

connection.onRequest(
  laneRequests.openChat,
  answering(async ({ model, steered, taps }) => {
    chat = await openChatSession(model, steered, taps);
    return null;
  }),
);
connection.onRequest(
  laneRequests.openExtraction,
  answering(async ({ model, layers }) => {
    extraction = await openExtractionSession(model, layers);
    return null;
  }),
);
connection.onNotification(laneNotifications.steering, (steering) => chat!.setSteering(steering));
connection.onRequest(laneRequests.replies, answering(replies));
connection.onRequest(
  laneRequests.activations,
  answering((prompts) => extraction!.run(prompts)),
);

process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
connection.listen();
