import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  CancellationTokenSource,
  createMessageConnection,
  ResponseError,
  type MessageConnection,
} from 'vscode-jsonrpc';
import { IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { modelProcessEnv } from '../../client/model-process-env.ts';
import { CancelledError } from '../../core/cancelled.ts';
import { HumanError, type Problem } from '../../core/problem.ts';
import type { TokenIds } from '../../core/token-ids.ts';
import { humanErrorCode } from '../../rpc/worker-api.ts';
import type { Job } from '../job.ts';
import type { PromptRow } from '../session/chat-session.ts';
import { laneNotifications, laneRequests } from './lane-api.ts';
import type { SessionModel } from '../session/model-session.ts';
import type { ReplyOptions } from '../session/raw-reply.ts';
import type { Finished } from '../session/running-rows.ts';
import type { SteeringTensors } from '../session/steering-feeds.ts';
import { Heard } from './heard.ts';

/** The bundled lane lies beside the bundled worker. */
const laneModule = fileURLToPath(new URL('./lane.js', import.meta.url));

/** A copy of a model's session in a process of its own: the worker's end of it. One request at a time. */
export class LaneProcess {
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  /** Rejects when the process ends. Never resolves. */
  readonly #death: Promise<never>;
  #told: {
    readonly finished: (finished: readonly Finished[]) => void;
    readonly firstLogits: NonNullable<ReplyOptions['onFirstLogits']> | undefined;
  } = { finished: () => undefined, firstLogits: undefined };

  private constructor(module: string) {
    this.#child = fork(module, [], { serialization: 'advanced', env: modelProcessEnv(), execArgv: [] });
    this.#connection = createMessageConnection(new IPCMessageReader(this.#child), new IPCMessageWriter(this.#child));
    this.#death = new Promise((_, reject) => {
      this.#child.once('error', (error) => reject(laneDied(`could not be started: ${error.message}`)));
      this.#child.once('exit', (code, signal) => {
        reject(laneDied(signal ? `was ended by ${signal}` : `ended with status ${code ?? 'unknown'}`));
        this.#connection.dispose();
      });
    });
    this.#death.catch(() => undefined);
    this.#connection.onNotification(laneNotifications.finished, (finished) => this.#told.finished(finished));
    this.#connection.onNotification(laneNotifications.firstLogits, ({ row, logits }) =>
      this.#told.firstLogits?.(row, logits),
    );
    this.#connection.listen();
  }

  /** @throws {HumanError} the process ends, or onnxruntime refuses the graph */
  static async openChat(
    model: SessionModel,
    steered: readonly number[],
    taps: readonly number[],
    module = laneModule,
  ): Promise<LaneProcess> {
    const lane = new LaneProcess(module);
    await lane.#settle(lane.#connection.sendRequest(laneRequests.openChat, { model: plain(model), steered, taps }));
    return lane;
  }

  /** @throws {HumanError} the process ends, or onnxruntime refuses the graph */
  static async openExtraction(
    model: SessionModel,
    layers: readonly number[],
    module = laneModule,
  ): Promise<LaneProcess> {
    const lane = new LaneProcess(module);
    await lane.#settle(lane.#connection.sendRequest(laneRequests.openExtraction, { model: plain(model), layers }));
    return lane;
  }

  setSteering(steering: SteeringTensors): void {
    void this.#connection.sendNotification(laneNotifications.steering, steering);
  }

  /** As those of a chat session; it hands over whole replies, and cannot be asked between tokens. */
  async *replies(
    rows: readonly PromptRow[],
    { maxNewTokens, endTokens, alone, onToken, isEnough, onFirstLogits }: ReplyOptions,
    job: Pick<Job, 'checkpoint'>,
  ): AsyncGenerator<readonly Finished[]> {
    if (onToken !== undefined || isEnough !== undefined)
      throw new RangeError('A lane of its own process tells of whole replies, not of tokens.');
    const source = new CancellationTokenSource();
    const heard = new Heard<readonly Finished[]>();
    this.#told = { finished: (some) => heard.add(some), firstLogits: onFirstLogits };
    const asked = {
      rows: rows.map((row) => ({ ...row, ids: Int32Array.from(row.ids) })),
      maxNewTokens,
      endTokens,
      alone,
      wantsFirstLogits: onFirstLogits !== undefined,
    };
    const done = this.#settle(this.#connection.sendRequest(laneRequests.replies, asked, source.token));
    done.catch(() => undefined);
    void done.finally(() => heard.end()).catch(() => undefined);
    try {
      for (let some = await heard.next(); some !== undefined; some = await heard.next()) {
        yield some;
        await job.checkpoint();
      }
      await done;
    } finally {
      source.cancel();
      await done.catch(() => undefined);
      source.dispose();
    }
  }

  /** Residual stream at the last token of each prompt: a row of [taps * d] each. */
  async run(prompts: readonly TokenIds[]): Promise<Float32Array[]> {
    return await this.#settle(
      this.#connection.sendRequest(
        laneRequests.activations,
        prompts.map((ids) => Int32Array.from(ids)),
      ),
    );
  }

  release(): Promise<void> {
    this.#child.kill('SIGKILL');
    return Promise.resolve();
  }

  async #settle<T>(request: Promise<T>): Promise<T> {
    request.catch(() => undefined);
    try {
      return await Promise.race([request, this.#death]);
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      if (error.code === humanErrorCode) throw new HumanError(error.data as Problem);
      throw error.code === -32800 ? new CancelledError() : error;
    }
  }
}

/** What a session is made from, without what else its holder knows of the model. */
function plain(model: SessionModel): SessionModel {
  const { graph, steps, folder, hiddenSize, ports, kv, weights, weightBytes, device, threads } = model;
  return { graph, steps, folder, hiddenSize, ports, kv, weights, weightBytes, device, threads };
}

function laneDied(how: string): HumanError {
  return new HumanError({
    message: `A process of the model ${how}.`,
    fix: 'Run the command again: it goes on where it stopped, and no finished reply is lost. If it ends again, try --threads 1, which needs one process less.',
  });
}
