import { InferenceSession } from 'onnxruntime-node';
import { renameExternalFiles } from '../../core/onnx/graph/external-data.ts';
import { instrument, type InstrumentedModel } from '../../core/onnx/instrument.ts';
import type { ModelPorts } from '../../core/onnx/model-ports.ts';
import { readModel, writeModel } from '../../core/onnx/graph/onnx-model.ts';
import { HumanError } from '../../core/problem.ts';
import { ChatSession, nextLogit, nextToken, type SessionShape } from './chat-session.ts';
import { DeviceSession } from './device-session.ts';
import { DeviceTensors, keepsTensors } from './device-tensors.ts';
import type { Device } from './devices.ts';
import { ExtractionSession } from './extraction-session.ts';
import type { KvShape } from './kv-cache.ts';
import type { ModelFolder } from '../model-files/model-folder.ts';
import type { ModelGraphs } from '../model-files/model-graphs.ts';
import type { Session } from './session.ts';
import type { WeightsPlace } from '../model-files/weights-place.ts';

/** What sessions are made from: a model but for its tokenizer. */
export interface SessionModel extends Pick<ModelGraphs, 'graph' | 'steps'> {
  readonly folder: ModelFolder;
  readonly hiddenSize: number;
  readonly ports: ModelPorts;
  readonly kv: KvShape;
  readonly weights: WeightsPlace;
  /** Bytes of graphs and weights. */
  readonly weightBytes: number;
  readonly device: Device;
  readonly threads: number | undefined;
}

/**
 * A session for replies: every layer of `steered` can be steered, every one of `taps` is read.
 * @param profile start of the name of a file in which onnxruntime notes, when the session is released, what each node ran on
 */
export async function openChatSession(
  model: SessionModel,
  steered: readonly number[],
  taps: readonly number[],
  profile?: string,
): Promise<ChatSession> {
  const read = [...new Set([...taps, ...steered])];
  const onDevice = keepsTensors(model.device);
  const replying = { logits: 'last', cache: true, decoding: onDevice ? 'whole' : 'newest' } as const;
  const prompts = instrument(model.graph, model.folder.graph, { ...replying, steered, taps: read, packed: true });
  const steps = model.steps && instrument(model.steps, model.folder.graph, { ...replying, steered: [], taps: [] });
  const device = onDevice ? await DeviceTensors.open(model.device, model.kv.type) : undefined;
  const shape = {
    ...shapeOf(model, taps.length, prompts.packed),
    steeredTaps: steered.map((layer) => read.indexOf(layer)),
    readLayers: read,
    folder: model.folder,
  };
  return new ChatSession(await openForReplies(model, prompts, device, profile), shape, {
    ...(steps && { steps: await openForReplies(model, steps, device) }),
    ...(device && { device }),
  });
}

async function openForReplies(
  model: SessionModel,
  { bytes, outputs }: InstrumentedModel,
  device: DeviceTensors | undefined,
  profile?: string,
): Promise<Session> {
  if (!device) return await createSessionFromBytes(model, bytes, { profile });
  const stay = outputs.filter((name) => name !== nextToken && name !== nextLogit);
  const presents = model.kv.names.map(({ present }) => present);
  return new DeviceSession(await createSessionFromBytes(model, bytes, { profile, stay }), presents, device);
}

/** A session for activations only, cut off above the last tap. */
export async function openExtractionSession(model: SessionModel, taps: readonly number[]): Promise<ExtractionSession> {
  const options = { steered: [], taps, logits: 'none', cache: false, packed: true } as const;
  const { bytes, packed } = instrument(model.graph, model.folder.graph, options);
  const session = await createSessionFromBytes(model, bytes);
  return new ExtractionSession(session, shapeOf(model, taps.length, packed));
}

/**
 * @param profile see {@link openChatSession}
 * @param stay outputs that stay on the device, which is one that {@link keepsTensors}
 * @throws {HumanError} when onnxruntime refuses the graph
 */
export async function createSessionFromBytes(
  model: Pick<SessionModel, 'folder' | 'weights' | 'device' | 'threads'>,
  bytes: Uint8Array,
  { profile, stay = [] }: { readonly profile?: string | undefined; readonly stay?: readonly string[] } = {},
): Promise<InferenceSession> {
  const { folder, names } = model.weights;
  const placed = names.size === 0 ? bytes : withNames(bytes, model.folder.graph, names);
  try {
    return await InferenceSession.create(placed, {
      executionProviders: [model.device],
      ...(model.threads !== undefined && { intraOpNumThreads: model.threads }),
      ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
      ...(stay.length > 0 && {
        preferredOutputLocation: Object.fromEntries(stay.map((name) => [name, 'gpu-buffer'] as const)),
      }),
      logSeverityLevel: 3,
      extra: { session: { model_external_initializers_file_folder_path: folder } },
    });
  } catch (error) {
    throw new HumanError({
      file: model.folder.graph,
      message: `onnxruntime cannot load the model on ${model.device}: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Try another dtype or --device cpu; `alphasteer doctor` says what works here.',
    });
  }
}

function withNames(bytes: Uint8Array, file: string, names: WeightsPlace['names']): Uint8Array {
  const model = readModel(bytes, file);
  renameExternalFiles(model, names);
  return writeModel(model);
}

function shapeOf(model: SessionModel, tappedLayers: number, packed: boolean): SessionShape {
  return {
    kv: model.kv,
    hiddenSize: model.hiddenSize,
    tappedLayers,
    positionIds: model.ports.positionIds !== undefined,
    rowsTouch: model.ports.scalesOverBatch,
    packed,
  };
}
