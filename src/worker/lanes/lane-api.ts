/** What a lane's process is asked, and what it tells meanwhile. */
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { PromptRow } from '../session/chat-session.ts';
import type { SessionModel } from '../session/model-session.ts';
import type { Finished } from '../session/running-rows.ts';
import type { SteeringTensors } from '../session/steering-feeds.ts';

export interface OpenChat {
  readonly model: SessionModel;
  readonly steered: readonly number[];
  readonly taps: readonly number[];
}

export interface AskReplies {
  /** With their tokens in arrays, as a class does not cross. */
  readonly rows: readonly (PromptRow & { readonly ids: Int32Array })[];
  readonly maxNewTokens: number;
  readonly endTokens: ReadonlySet<number>;
  readonly alone: boolean | undefined;
  readonly wantsFirstLogits: boolean;
}

export const laneRequests = {
  openChat: new RequestType<OpenChat, null, unknown>('openChat'),
  replies: new RequestType<AskReplies, null, unknown>('replies'),
  openExtraction: new RequestType<{ model: SessionModel; layers: readonly number[] }, null, unknown>('openExtraction'),
  /** The rows of an extraction, [taps * d] each. */
  activations: new RequestType<readonly Int32Array[], Float32Array[], unknown>('activations'),
} as const;

export const laneNotifications = {
  steering: new NotificationType<SteeringTensors>('steering'),
  finished: new NotificationType<readonly Finished[]>('finished'),
  firstLogits: new NotificationType<{ row: number; logits: Float32Array }>('firstLogits'),
} as const;
