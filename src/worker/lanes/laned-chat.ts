import type { Job } from '../job.ts';
import type { ChatSession, PromptRow } from '../session/chat-session.ts';
import { inTurn, rowsOfLanes } from './lane-schedule.ts';
import type { RawReply, ReplyOptions } from '../session/raw-reply.ts';
import type { Finished } from '../session/running-rows.ts';
import type { SteeringTensors } from '../session/steering-feeds.ts';

/** What replies to prompts: a session, or lanes of several. */
export type Chat = Pick<ChatSession, 'setSteering' | 'batches' | 'replies' | 'reply' | 'release'>;

/** A chat of lanes that run side by side: each batch is shared out among them. */
export class LanedChat implements Chat {
  readonly #lanes: readonly Pick<Chat, 'setSteering' | 'replies' | 'release'>[];
  readonly #first: Pick<ChatSession, 'batches'>;

  /**
   * @param first says what a batch is
   * @param lanes may be the same one several times: it then gives each its turn
   */
  constructor(
    first: Pick<ChatSession, 'batches'>,
    lanes: readonly Pick<Chat, 'setSteering' | 'replies' | 'release'>[],
  ) {
    this.#first = first;
    this.#lanes = lanes;
  }

  setSteering(steering: SteeringTensors): void {
    for (const lane of new Set(this.#lanes)) lane.setSteering(steering);
  }

  batches(rows: readonly PromptRow[], maxNewTokens: number): number[][] {
    return this.#first.batches(rows, maxNewTokens, this.#lanes.length);
  }

  async *replies(
    rows: readonly PromptRow[],
    options: ReplyOptions,
    job: Pick<Job, 'checkpoint'>,
  ): AsyncGenerator<readonly Finished[]> {
    const parts = rowsOfLanes(rows.length, this.#lanes.length, options.alone === true);
    yield* inTurn(parts.map((part, i) => repliesOf(this.#lanes[i]!, part, rows, options, job)));
  }

  async reply(rows: readonly PromptRow[], options: ReplyOptions, job: Pick<Job, 'checkpoint'>): Promise<RawReply[]> {
    const made: RawReply[] = [];
    for await (const finished of this.replies(rows, options, job))
      for (const { row, reply } of finished) made[row] = reply;
    return made;
  }

  async release(): Promise<void> {
    for (const lane of new Set(this.#lanes)) await lane.release();
  }
}

/** Replies of one lane, their rows by the indices of all. @param part indices of its rows */
async function* repliesOf(
  lane: Pick<Chat, 'replies'>,
  part: readonly number[],
  rows: readonly PromptRow[],
  options: ReplyOptions,
  job: Pick<Job, 'checkpoint'>,
): AsyncGenerator<readonly Finished[]> {
  const { onToken, isEnough, onFirstLogits } = options;
  const own: ReplyOptions = {
    ...options,
    ...(onToken && { onToken: (row: number, token: number) => onToken(part[row]!, token) }),
    ...(isEnough && { isEnough: (row: number, tokens: readonly number[]) => isEnough(part[row]!, tokens) }),
    ...(onFirstLogits && { onFirstLogits: (row: number, logits: Float32Array) => onFirstLogits(part[row]!, logits) }),
  };
  const asked = part.map((row) => rows[row]!);
  for await (const finished of lane.replies(asked, own, job))
    yield finished.map(({ row, reply }) => ({ row: part[row]!, reply }));
}
