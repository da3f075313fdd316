import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../../core/config.ts';
import { isHubId } from '../../core/hub-id.ts';
import type { Problem } from '../../core/problem.ts';
import type { ModelChoice, ModelParams } from '../../rpc/worker-api.ts';
import { loadConfig } from '../../workspace/load-workspace.ts';
import { hubModel, hubOfEnvironment } from '../model-files/hub-model.ts';
import type { Job } from '../job.ts';
import { LanedChat, type Chat } from '../lanes/laned-chat.ts';
import { laneCount } from '../lanes/lane-count.ts';
import { filesStamp } from '../model-files/model-folder.ts';
import { openModel, type Model, type ModelSettings } from './model.ts';
import { openChatSession } from '../session/model-session.ts';
import { openBatchChat } from '../lanes/open-lanes.ts';

/** A chat whose layers `steered` can be steered, and whose layers `taps` are read. */
type OpenChat = (model: Model, steered: readonly number[], taps: readonly number[]) => Promise<Chat>;

/**
 * The model that is loaded, and its session for replies: kept while the next job wants the same, replaced when it wants
 * another or its files have changed, so that at most one of each is in memory.
 */
export interface ModelShelf {
  /** A model named by its hub id is downloaded first, where it is not yet on this machine. */
  readonly model: (settings: ModelSettings, job: Job) => Promise<Model>;
  /** For a prompt at a time. */
  readonly chat: OpenChat;
  /** For many prompts, which go side by side where that pays; it tells of whole replies, not of tokens. */
  readonly batchChat: OpenChat;
  /** Frees what is only worth its memory while a job on many prompts runs. */
  readonly rest: () => Promise<void>;
}

export function createModelShelf(): ModelShelf {
  let model: { key: string; value: Model } | undefined;
  let chat: { key: string; value: Chat } | undefined;
  const dropChat = async (): Promise<void> => {
    await chat?.value.release();
    chat = undefined;
  };
  const chatBy =
    (open: OpenChat, lanesOf: (model: Model) => number): OpenChat =>
    async (wanted, steered, taps) => {
      const { fingerprint, device, threads } = wanted;
      const key = JSON.stringify([lanesOf(wanted), fingerprint, device, threads, steered, taps]);
      if (chat?.key !== key) {
        await dropChat();
        chat = { key, value: await open(wanted, steered, taps) };
      }
      return chat.value;
    };
  return {
    model: async (named, job) => {
      const settings = await onThisMachine(named, job);
      const key = JSON.stringify(settings);
      if (model?.key !== key || model.value.stamp !== (await filesStamp(model.value.files))) {
        await dropChat();
        model = { key, value: await openModel(settings, job.progress) };
      }
      return model.value;
    },
    chat: chatBy(openChatSession, () => 1),
    batchChat: chatBy(openBatchChat, laneCount),
    rest: async () => {
      if (chat?.value instanceof LanedChat) await dropChat();
    },
  };
}

async function onThisMachine(settings: ModelSettings, job: Job): Promise<ModelSettings> {
  const isFolder = await stat(settings.path).then(
    () => true,
    () => false,
  );
  if (isFolder || !isHubId(settings.name)) return settings;
  return { ...settings, ...(await hubModel(settings.name, settings.dtype, hubOfEnvironment(process.env), job)) };
}

/** The model a job is about: what the call names, else what `alphasteer.json` does. */
export function modelSettings(
  root: string,
  config: Pick<Config, 'model' | 'dtype' | 'device'>,
  choice: ModelChoice,
): ModelSettings {
  return {
    name: choice.model ?? config.model,
    path: choice.model === undefined ? resolve(root, config.model) : resolve(choice.model),
    dtype: choice.dtype ?? config.dtype,
    device: choice.device ?? config.device,
    threads: choice.threads,
  };
}

/** The model of a job that is about a model alone. Such a job needs a workspace only where the call names no model. */
export async function modelAloneSettings(
  { workspace, ...choice }: ModelParams,
  report: (problem: Problem) => void,
): Promise<ModelSettings> {
  const config =
    choice.model === undefined
      ? (await loadConfig(workspace, report)).config
      : ({ model: choice.model, dtype: 'auto', device: 'auto' } as const);
  return modelSettings(workspace, config, choice);
}
